/** The origin check as a table: the first rule that applies decides. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isUnsafe, judgeOrigin } from './csrf.ts'
import type { RequestHead } from './request-head.ts'

function headWith(headers: Readonly<Record<string, string>>): RequestHead {
  return {
    method: 'POST',
    target: '/',
    remoteAddress: null,
    header: (name) => headers[name] ?? null,
    body: async () => new Uint8Array(),
  }
}

const json = { 'content-type': 'application/json' }
const form = { 'content-type': 'application/x-www-form-urlencoded' }
const ours = 'https://example.com'

const table: readonly (readonly [Readonly<Record<string, string>>, ReturnType<typeof judgeOrigin>])[] = [
  [{ origin: ours }, 'allowed'],
  [{ origin: 'https://second.example' }, 'allowed'],
  [{ origin: 'null' }, 'refused'],
  [{ origin: '' }, 'refused'],
  [{ origin: 'http://example.com' }, 'refused'],
  [{ origin: 'https://example.com:8443' }, 'refused'],
  [{ origin: 'https://example.com.evil.example' }, 'refused'],
  [{ origin: 'https://sub.example.com' }, 'refused'],
  [{ origin: 'HTTPS://EXAMPLE.COM' }, 'refused'],
  [{ origin: `${ours}, https://evil.example` }, 'refused'],
  [{ origin: 'https://evil.example', 'sec-fetch-site': 'same-origin', ...json }, 'refused'],
  [{ origin: ours, 'sec-fetch-site': 'cross-site' }, 'allowed'],
  [{ 'sec-fetch-site': 'same-origin' }, 'allowed'],
  [{ 'sec-fetch-site': 'none' }, 'allowed'],
  [{ 'sec-fetch-site': 'same-site' }, 'refused'],
  [{ 'sec-fetch-site': 'cross-site', ...json }, 'refused'],
  [{ 'sec-fetch-site': '' }, 'refused'],
  [json, 'allowed'],
  [{ 'content-type': 'Application/JSON; charset=utf-8' }, 'allowed'],
  [{ 'content-type': 'text/plain; application/json' }, 'token'],
  [{ 'content-type': 'application/json, text/plain' }, 'token'],
  [{ 'content-type': 'application/jsonp' }, 'token'],
  [{ 'content-type': 'text/plain' }, 'token'],
  [{ 'content-type': 'multipart/form-data; boundary=a' }, 'token'],
  [form, 'token'],
  [{}, 'token'],
]

for (const [headers, verdict] of table) {
  test(`${JSON.stringify(headers)} is ${verdict === 'token' ? 'for the token to decide' : verdict}`, () => {
    assert.equal(judgeOrigin(headWith(headers), [ours, 'https://second.example']), verdict)
  })
}

test('every method but GET, HEAD and OPTIONS may change something', () => {
  for (const method of ['GET', 'HEAD', 'OPTIONS']) assert.equal(isUnsafe(method), false)
  for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'get', 'QUERY', '']) assert.equal(isUnsafe(method), true, method)
})
