/** What must hold of every reply, whatever was asked. */
import assert from 'node:assert/strict'
import type { Hostile } from './hostile.ts'
import { origin, type Site } from './site.ts'

/** A reply, read. */
export interface Read {
  readonly status: number
  readonly headers: Headers
  readonly text: string
}

/** Reads a reply's body. */
export async function readReply(response: Response): Promise<Read> {
  return { status: response.status, headers: response.headers, text: await response.text() }
}

/** @throws AssertionError that says what does not hold */
export function judge(reply: Read, asked: Pick<Hostile, 'method' | 'state'>, { codes }: Pick<Site, 'codes'>): void {
  judgeStatus(reply, codes)
  judgeHeaders(reply)
  judgeRedirect(reply)
  judgeBody(reply, asked.method, codes)
  if (asked.state === 'member') return
  const opened = reply.headers.getSetCookie().filter((line) => /^[^=]*session[^=]*=[^;]/.test(line))
  assert.deepEqual(opened, [], 'a session was opened')
}

function judgeStatus({ status, headers }: Read, codes: Site['codes']): void {
  assert.ok(status === 200 || status === 303 || codes.has(status), `status ${status} is none of the documented ones`)
  assert.ok(status < 500 || status === 503, `status ${status}`)
  if (status === 405) assert.match(headers.get('allow') ?? '', /^[A-Z]+(, [A-Z]+)*$/)
  if (status === 429 || status === 503) assert.match(headers.get('retry-after') ?? '', /^[1-9]\d*$/)
}

/** The headers that protect every page and every JSON reply. */
function judgeHeaders({ headers, status }: Read): void {
  const policy = headers.get('content-security-policy') ?? ''
  for (const part of ["default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"])
    assert.ok(policy.includes(part), policy)
  assert.doesNotMatch(policy, /unsafe|\*|http/)
  assert.equal(headers.get('x-content-type-options'), 'nosniff')
  assert.match(headers.get('referrer-policy') ?? '', /^strict-origin$/)
  assert.equal(headers.get('cache-control'), 'no-store')
  assert.equal(headers.get('vary'), 'Accept, Cookie, Accept-Language')
  assert.equal(headers.get('access-control-allow-origin'), null)
  if (status !== 303) assert.match(headers.get('content-type') ?? '', /^(text\/html|application\/json); charset=utf-8$/)
  for (const line of headers.getSetCookie())
    assert.match(line, /^portcullis-[\w-]+-3000=[\w.~-]*; Path=\/; HttpOnly; SameSite=Lax(; Max-Age=\d+)?$/)
}

function judgeRedirect({ status, headers }: Read): void {
  const location = headers.get('location')
  assert.equal(location !== null, status === 303)
  if (location === null) return
  assert.match(location, /^\/(?![/\\])[\x21-\x7e]*$/)
  assert.equal(new URL(location, origin).origin, origin)
}

function judgeBody({ status, headers, text }: Read, method: string, codes: Site['codes']): void {
  assert.doesNotMatch(text, /node:internal|\.ts:\d+|\bat async\b|SQLITE|argon2/, 'internals are told')
  if (method === 'HEAD' || status === 303) assert.equal(text, '')
  else if (headers.get('content-type')?.startsWith('text/html')) judgePage(text, status, codes)
  else judgeJson(JSON.parse(text), status, codes)
}

function judgeJson(body: unknown, status: number, codes: Site['codes']): void {
  assert.ok(typeof body === 'object' && body !== null && 'ok' in body)
  assert.equal(body.ok, status === 200)
  if ('next' in body) assert.equal(new URL(String(body.next), origin).origin, origin)
  if (status === 200) return
  assert.ok('error' in body && typeof body.error === 'object' && body.error !== null && 'code' in body.error && 'message' in body.error)
  assert.ok(codes.get(status)?.includes(String(body.error.code)), `${body.error.code} with ${status}`)
}

/** Nothing of the request stands unescaped in a page, and no link, form or file leads off the site. */
function judgePage(page: string, status: number, codes: Site['codes']): void {
  const bare = page.replace(/="[^"]*"/g, '=""')
  const refuse = (found: RegExp, text: string, what: string): void => assert.ok(!found.test(text), `${what}: ${found.exec(text)?.[0]}`)
  assert.ok(page.startsWith('<!doctype html>'))
  refuse(/c4nary["'<>]|<c4nary/, page, 'input is shown unescaped')
  refuse(strangeTag, bare, 'a tag that no page has')
  refuse(/ on\w+=| style=|<script>|<style/, bare, 'something inline')
  for (const [, value = ''] of page.matchAll(/="([^"]*)"/g)) refuse(/[<>']/, value, 'an attribute that is not escaped')
  for (const [, url = ''] of page.matchAll(/ (?:href|src|action)="([^"]*)"/g))
    assert.ok(/^(\/(?![/\\])|#)/.test(url) || otpauth.test(url), url)
  for (const [, next = ''] of page.matchAll(/ name="next" value="([^"]*)"/g)) assert.match(next, /^\/(?![/\\])/)
  const code = /<p class="hint">Code: <code>(\w+)<\/code>/.exec(page)?.[1]
  if (code !== undefined) assert.ok(codes.get(status)?.includes(code), `${code} with ${status}`)
}

/** What opens an authenticator application, and no site. */
const otpauth = /^otpauth:\/\/totp\/[\w%.:-]+\?[a-z]+=[\w%.-]+(&amp;[a-z]+=[\w%.-]+)*$/

const knownTags =
  'html|head|meta|title|link|script|body|header|main|nav|h1|h2|p|b|a|ul|ol|li|div|span|form|input|button|label|code|details|summary|time|svg|rect|path'
const strangeTag = new RegExp(`<(?!/?(?:${knownTags})\\b|!doctype html>)[^>]*`)
