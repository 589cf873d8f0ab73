/** Requests as bytes on a socket: HTTP that is malformed, ambiguous, foreign, or fine but hostile. */
import type { RouteInfo } from '../../src/index.ts'
import { headerNames, headerValues } from './headers.ts'
import type { Dice } from './random.ts'
import { oddTargets } from './targets.ts'

/** What is written to a fresh connection, and how often it may be answered at most. */
export interface RawRequest {
  readonly about: string
  readonly bytes: Uint8Array
  readonly answers: number
}

/** One of the routes, with a request line and headers that are right. */
function lines(method: string, target: string, headers: readonly string[] = [], body = ''): string {
  return [`${method} ${target} HTTP/1.1`, 'Host: localhost:3000', 'Connection: close', ...headers, '', body].join('\r\n')
}

function raw(about: string, text: string, answers = 1): RawRequest {
  return { about, bytes: Buffer.from(text, 'latin1'), answers }
}

const json = 'Content-Type: application/json'
const body = '{"email":"no address","password":"not the right passphrase"}' // it can neither log in nor register
const length = `Content-Length: ${body.length}`

/** Breaks of the protocol itself, which no router ever sees whole. */
export function malformedRequests(path: string): readonly RawRequest[] {
  const smuggled = `POST ${path} HTTP/1.1\r\nHost: localhost:3000\r\n`
  return [
    raw('nothing that is HTTP', '\0\x01\x02\x03\r\n\r\n'),
    raw('a TLS hello', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'.padEnd(300, '\x7f')),
    raw('HTTP/2 with prior knowledge', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
    raw('HTTP/0.9', `GET ${path}\r\n\r\n`),
    raw('HTTP/1.0 without Host', `GET ${path} HTTP/1.0\r\n\r\n`),
    raw('an unknown version', `GET ${path} HTTP/9.9\r\nHost: localhost\r\n\r\n`),
    raw('no Host', `GET ${path} HTTP/1.1\r\nConnection: close\r\n\r\n`),
    raw('two Hosts', lines('GET', path, ['Host: evil.example'])),
    raw('a Host that is none', `GET ${path} HTTP/1.1\r\nHost: a b<>"\r\nConnection: close\r\n\r\n`),
    raw('an empty Host', `GET ${path} HTTP/1.1\r\nHost:\r\nConnection: close\r\n\r\n`),
    raw('line feeds alone', `GET ${path} HTTP/1.1\nHost: localhost\nConnection: close\n\n`),
    raw('a folded header', lines('GET', path, ['X-A: b\r\n c: d'])),
    raw('a header without colon', lines('GET', path, ['Cookie'])),
    raw('a header with a space before the colon', lines('GET', path, ['Cookie : a=b'])),
    raw('a nameless header', lines('GET', path, [': a'])),
    raw('a NUL in a header', lines('GET', path, ['Cookie: a=\0b'])),
    raw('a carriage return in a header', lines('GET', path, ['Cookie: a=\rb'])),
    raw('a header of 100 KiB', lines('GET', path, [`Cookie: ${'a'.repeat(102_400)}`])),
    raw(
      '5,000 headers',
      lines(
        'GET',
        path,
        Array.from({ length: 5000 }, (_, index) => `X-${index}: a`),
      ),
    ),
    raw('a target of 100 KiB', lines('GET', `${path}?${'a'.repeat(102_400)}`)),
    raw('a target with a space', lines('GET', `${path} x`)),
    raw('an asterisk', lines('OPTIONS', '*')),
    raw('a method that is none', lines('G\u00c4T', path)),
    raw('a lower-case method', lines('post', path)),
    raw('a long method', lines('A'.repeat(5000), path)),
    raw('TRACE', lines('TRACE', path)),
    raw('CONNECT', lines('CONNECT', 'evil.example:443')),
    raw(
      'an upgrade',
      lines('GET', path, ['Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Key: x', 'Sec-WebSocket-Version: 13']),
    ),
    raw(
      'an upgrade to HTTP/2',
      lines('GET', path, ['Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABkAAQAAP__']),
    ),
    raw('an expectation', lines('POST', path, [json, length, 'Expect: 100-continue'], body), 2),
    raw('an odd expectation', lines('POST', path, [json, length, 'Expect: the-unexpected'], body)),
    raw('two lengths', lines('POST', path, [json, length, 'Content-Length: 3'], body)),
    raw('a negative length', lines('POST', path, [json, 'Content-Length: -1'], body)),
    raw('a length that is no number', lines('POST', path, [json, 'Content-Length: 0x41'], body)),
    raw('a huge length', lines('POST', path, [json, 'Content-Length: 99999999999999999999'], body)),
    raw('a length beyond the limit, and nothing sent', lines('POST', path, [json, 'Content-Length: 1000000'])),
    raw('length and chunks', lines('POST', path, [json, length, 'Transfer-Encoding: chunked'], `0\r\n\r\n${smuggled}`)),
    raw('chunks spelt oddly', lines('POST', path, [json, 'Transfer-Encoding: xchunked'], body)),
    raw('chunks twice', lines('POST', path, [json, 'Transfer-Encoding: chunked, chunked'], '0\r\n\r\n')),
    raw('a bad chunk size', lines('POST', path, [json, 'Transfer-Encoding: chunked'], `zz\r\n${body}\r\n0\r\n\r\n`)),
    raw('a huge chunk size', lines('POST', path, [json, 'Transfer-Encoding: chunked'], `ffffffffffffffffff\r\n${body}`)),
    raw('a chunk extension', lines('POST', path, [json, 'Transfer-Encoding: chunked'], `2;${'a'.repeat(20_000)}\r\n{}\r\n0\r\n\r\n`)),
    raw(
      'a trailer',
      lines('POST', path, [json, 'Transfer-Encoding: chunked'], '2\r\n{}\r\n0\r\nCookie: a=b\r\nHost: evil.example\r\n\r\n'),
    ),
    raw('a body on GET', lines('GET', path, [json, length], body)),
    raw('a request hidden in a body', lines('POST', path, [json, length], `${body}${smuggled}\r\n`)),
    raw('a pipeline of 20', `GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`.repeat(19) + lines('GET', path), 20),
    raw('bytes that are no UTF-8', lines('POST', path, [json, 'Content-Length: 4'], '{\xff\xfe}')),
    raw('a body that is compressed, so it says', lines('POST', path, [json, length, 'Content-Encoding: gzip'], body)),
  ]
}

/** A well-formed request to a route, in some way hostile. */
export function hostileRequest(routes: readonly RouteInfo[], dice: Dice): RawRequest {
  const { path, methods, name } = dice.pick(routes)
  const targets = oddTargets(path).filter(({ target }) => /^[\x21-\xff]+$/.test(target))
  const target = dice.percent(50) ? path : dice.pick(targets).target
  const values = headerValues.filter((value) => /^[\t\x20-\x7e\x80-\xff]*$/.test(value) && value.length < 10_000)
  const heads = Array.from(
    { length: dice.below(4) },
    () => `${dice.pick(headerNames.filter((header) => !framing.has(header)))}: ${dice.pick(values)}`,
  )
  const method = dice.percent(70) ? dice.pick(methods) : dice.pick(['HEAD', 'OPTIONS', 'PUT', 'DELETE', 'TRACE', 'PROPFIND', 'QUERY'])
  const sent = method === 'GET' || method === 'HEAD' ? '' : dice.pick([body, '', '{', '[]', 'email=a&email=b', '\xff'])
  const type = dice.pick([
    'Content-Type: application/json',
    'Content-Type: application/x-www-form-urlencoded',
    'Content-Type: text/plain',
    'X-None: 1',
  ])
  return raw(`${method} of ${name}`, lines(method, target, [type, `Content-Length: ${sent.length}`, ...heads], sent))
}

/** Headers that say where a message ends: those are broken on purpose above, one by one. */
const framing: ReadonlySet<string> = new Set(['content-length', 'transfer-encoding', 'expect', 'te', 'host'])
