/** zxcvbn's estimate becomes a rule of the policy. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ZxcvbnFactory } from '@zxcvbn-ts/core'
import { adjacencyGraphs, dictionary } from '@zxcvbn-ts/language-common'
import { createLocales } from '../../kernel/locale.ts'
import type { PasswordContext } from '../../kernel/step.ts'
import { zxcvbnStrength } from './strength.ts'

const { fallback: locale } = createLocales({}, () => {})
const about: PasswordContext = { email: 'marmaduke.featherstone@example.com', username: 'quibbleton', secondFactor: true }

test('AL-FST-B7 zxcvbn refuses what it scores low and lets the rest pass', async () => {
  const check = zxcvbnStrength()
  assert.match(locale.say((await check('monkey12', about)) ?? ''), /guessed too soon/)
  assert.equal(await check('purple otter juggles lamps', about), null)
})

test('the e-mail address and the username count as known', async () => {
  const check = zxcvbnStrength()
  const nobody: PasswordContext = { email: 'a@b.test', username: null, secondFactor: true }
  for (const password of ['featherstone9', 'quibbleton77']) {
    assert.notEqual(await check(password, about), null)
    assert.equal(await check(password, nobody), null)
  }
})

test('the least score can be set', async () => {
  const password = 'vK7-qpzt'
  assert.equal(await zxcvbnStrength({ minimum: 1 })(password, about), null)
  assert.notEqual(await zxcvbnStrength({ minimum: 4 })(password, about), null)
  assert.throws(() => zxcvbnStrength(JSON.parse('{"minimum":5}')), /minimum must be/)
})

test('an own instance brings its dictionaries, and its warning is said when it is a sentence', async () => {
  const zxcvbn = new ZxcvbnFactory({ dictionary, graphs: adjacencyGraphs })
  assert.equal(
    locale.say((await zxcvbnStrength({ zxcvbn })('monkey12', about)) ?? ''),
    'This would be guessed too soon. Add more words that do not belong together.',
  )
  const translated = { checkAsync: async () => ({ score: 1, feedback: { warning: 'Names are easy to guess' } }) }
  assert.match(locale.say((await zxcvbnStrength({ zxcvbn: translated })('anything', about)) ?? ''), /soon\. Names are easy to guess\. Add/)
})

test('the longest password is judged quickly', async () => {
  const check = zxcvbnStrength()
  await check('warm up', about)
  for (const password of ['password'.repeat(128), '4@3$1!0'.repeat(146), 'a'.repeat(1024)]) {
    const before = process.cpuUsage()
    await check(password, about)
    assert.ok(process.cpuUsage(before).user < 1_500_000)
  }
})
