import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Script } from 'node:vm'
import { pageScript } from './script.ts'

test('the script is small and well-formed', () => {
  assert.ok(Buffer.byteLength(pageScript) < 2600)
  assert.doesNotThrow(() => new Script(pageScript))
})

test('the script makes no markup and no code of text', () => {
  assert.doesNotMatch(pageScript, /innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|Function\(/)
})
