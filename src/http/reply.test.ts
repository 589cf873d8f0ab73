/** Replies carry what keeps them out of caches, frames and foreign hands. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { html } from '../html/html.ts'
import { createLocales } from '../kernel/locale.ts'
import { AuthError } from '../model/error.ts'
import { assetReply, errorReply, okReply, pageReply, redirectReply } from './reply.ts'

const { fallback: locale } = createLocales({}, () => {})

test('every reply is uncached, unframed, unsniffed and has a policy; a page may load its own files only', () => {
  const replies = [okReply({}), redirectReply('/a'), errorReply(new AuthError('forbidden'), locale), pageReply(200, html`a`, locale)]
  for (const reply of replies) {
    const { headers } = reply
    assert.equal(headers.get('cache-control'), 'no-store')
    assert.equal(headers.get('vary'), 'Accept, Cookie, Accept-Language')
    assert.equal(headers.get('x-content-type-options'), 'nosniff')
    assert.equal(headers.get('referrer-policy'), 'strict-origin')
    for (const part of ["default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"])
      assert.ok(headers.get('content-security-policy')?.includes(part), part)
    assert.doesNotMatch(headers.get('content-security-policy') ?? '', /unsafe/)
  }
})

test('a redirect is 303 and empty; JSON and pages say their type', async () => {
  const redirect = redirectReply('/a?b', [
    ['Set-Cookie', 'a=b'],
    ['Set-Cookie', 'c=d'],
  ])
  assert.deepEqual([redirect.status, redirect.headers.get('location'), await redirect.text()], [303, '/a?b', ''])
  assert.deepEqual(redirect.headers.getSetCookie(), ['a=b', 'c=d'])
  assert.equal(okReply({ a: 1 }).headers.get('content-type'), 'application/json; charset=utf-8')
  assert.deepEqual(await okReply({ a: 1 }).json(), { ok: true, a: 1 })
  assert.equal(pageReply(418, html`<p>${'<'}</p>`, locale).headers.get('content-type'), 'text/html; charset=utf-8')
})

test('a refusal says its code and message and never its cause', async () => {
  const error = new AuthError('too_many_attempts', {
    retryAfter: 30,
    cause: new Error('secret detail'),
    fields: { email: ['No.'] },
    members: { resume: true },
    headers: [
      ['WWW-Authenticate', 'Basic'],
      ['WWW-Authenticate', 'Bearer'],
    ],
  })
  const reply = errorReply(error, locale)
  assert.deepEqual([reply.status, reply.headers.get('retry-after'), reply.headers.get('www-authenticate')], [429, '30', 'Basic, Bearer'])
  const message = 'Too many attempts. Please wait a while.'
  assert.deepEqual(await reply.json(), {
    ok: false,
    error: { code: 'too_many_attempts', message, fields: { email: ['No.'] }, resume: true },
  })
})

test('an asset is kept for good, since its name changes with it', () => {
  const { headers } = assetReply('a', 'text/css')
  assert.equal(headers.get('cache-control'), 'public, max-age=31536000, immutable')
  assert.equal(headers.get('content-type'), 'text/css; charset=utf-8')
})
