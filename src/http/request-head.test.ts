/** The head of a Fetch request: what guards look at, and a body that is read once. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AuthError } from '../model/error.ts'
import { headOfRequest } from './request-head.ts'

test('a head says method, target, headers and address as they came', () => {
  const request = new Request('https://example.com/a%20b/../c?d=e#f', { method: 'POST', headers: { 'X-One': '1' } })
  const head = headOfRequest(request, '203.0.113.7')
  assert.deepEqual([head.method, head.target, head.remoteAddress], ['POST', '/c?d=e', '203.0.113.7'])
  assert.deepEqual([head.header('x-one'), head.header('x-two')], ['1', null])
  assert.equal(headOfRequest(request).remoteAddress, null)
})

test('the body is read once and kept for whoever asks again', async () => {
  const head = headOfRequest(new Request('https://example.com/', { method: 'POST', body: 'hello' }))
  const [first, second] = await Promise.all([head.body(100), head.body(100)])
  assert.equal(Buffer.from(first).toString(), 'hello')
  assert.equal(first, second)
})

test('a body that is too long, was read elsewhere or broke off is refused', async () => {
  const post = (body: string | ReadableStream) =>
    new Request('https://example.com/', { method: 'POST', body, ...(typeof body !== 'string' && { duplex: 'half' }) })
  const code = (expected: string) => (error: unknown) => error instanceof AuthError && error.code === expected
  await assert.rejects(headOfRequest(post('x'.repeat(101))).body(100), code('payload_too_large'))
  const endless = new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(64)) })
  await assert.rejects(headOfRequest(post(endless)).body(100), code('payload_too_large'))
  const used = post('hello')
  await used.text()
  await assert.rejects(headOfRequest(used).body(100), code('malformed_request'))
  const broken = new ReadableStream({ pull: (controller) => controller.error(new Error('the client went away')) })
  await assert.rejects(headOfRequest(post(broken)).body(100), code('malformed_request'))
})
