/** The strict reader: right kinds are taken, wrong ones are told by name, and nothing hostile gets further. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { AuthError } from '../model/error.ts'
import type { ErrorCode } from '../model/error-table.ts'
import type { Json } from '../model/json.ts'
import { type Field, flag, json, list, mediaType, type RawFields, readBody, readQuery, takeFields, text } from './fields.ts'
import { headOfRequest, type RequestHead } from './request-head.ts'

const seed = Number(process.env.PORTCULLIS_SEED ?? 1)
const form = 'application/x-www-form-urlencoded'

function headWith(body: string | Uint8Array<ArrayBuffer>, type: string | null = form): RequestHead {
  const headers = new Headers(type === null ? {} : { 'content-type': type })
  const request = new Request('http://localhost/', { method: 'POST', headers, body: typeof body === 'string' ? Buffer.from(body) : body })
  return headOfRequest(request)
}

function refused(code: ErrorCode, field?: string): (error: unknown) => boolean {
  return (error) =>
    error instanceof AuthError && error.code === code && (field === undefined || Object.keys(error.detail.fields ?? {}).join() === field)
}

function raw(source: RawFields['source'], values: Readonly<Record<string, Json>>): RawFields {
  return { source, values: new Map(Object.entries(values)) }
}

test('a form and a JSON object of the same fields read the same', async () => {
  const spec = { email: text(), remember: flag(), tags: list(), data: json() }
  const fromForm = await readBody(headWith('email=a%40b.example&remember=on&tags=x&tags=y&data=%7B%22n%22%3A1%7D'), 1000)
  const fromJson = await readBody(
    headWith('{"email":"a@b.example","remember":true,"tags":["x","y"],"data":{"n":1}}', 'application/json'),
    1000,
  )
  assert.deepEqual(takeFields(fromForm, spec), takeFields(fromJson, spec))
  assert.deepEqual(takeFields(fromForm, spec), { email: 'a@b.example', remember: true, tags: ['x', 'y'], data: { n: 1 } })
})

test('what is absent is refused where it is required, and empty where it is not', () => {
  const empty = raw('json', {})
  assert.deepEqual(takeFields(empty, { a: text({ optional: true }), b: flag(), c: list(), d: json() }), { a: '', b: false, c: [], d: null })
  for (const value of ['', null]) assert.throws(() => takeFields(raw('json', { a: value }), { a: text() }), refused('invalid_fields', 'a'))
  assert.throws(() => takeFields(empty, { a: text(), b: text() }), refused('invalid_fields', 'a,b'))
})

test('the wrong kind is refused by the name of its field, also what is nearly right', () => {
  const wrong: readonly (readonly [Field, Json])[] = [
    [text(), 1],
    [text(), ['a']],
    [text(), { $ne: '' }],
    [text(), true],
    [text({ max: 3 }), 'abcd'],
    [text(), 'a\0b'],
    [text(), '\ud800'],
    [flag(), 'true'],
    [flag(), 1],
    [flag(), null],
    [list(), { 0: 'a', length: 1 }],
    [list(), ['a', 1]],
    [list({ max: 1 }), ['a', 'b']],
    [list(), ['x'.repeat(257)]],
    [list(), ['\0']],
  ]
  for (const [field, value] of wrong) {
    const label = `${field.kind} ${JSON.stringify(value)}`
    assert.throws(() => takeFields(raw('json', { a: value }), { a: field }), refused('invalid_fields', 'a'), label)
  }
})

test('in a form, yes is "true" or "on" and nothing else, and JSON must be JSON', () => {
  for (const yes of ['true', 'on']) assert.deepEqual(takeFields(raw('form', { a: yes }), { a: flag() }), { a: true })
  for (const other of ['1', 'yes', 'TRUE', '', 'false'])
    assert.throws(() => takeFields(raw('form', { a: other }), { a: flag() }), refused('invalid_fields', 'a'))
  assert.throws(() => takeFields(raw('form', { a: '{' }), { a: json() }), refused('invalid_fields', 'a'))
})

test('a field given twice is refused in a form; in JSON the last one counts', async () => {
  const twice = await readBody(headWith('email=a&email=b'), 1000)
  assert.throws(() => takeFields(twice, { email: text() }), refused('invalid_fields', 'email'))
  const last = await readBody(headWith('{"email":"a","email":"b"}', 'application/json'), 1000)
  assert.deepEqual(takeFields(last, { email: text() }), { email: 'b' })
})

test('names from the prototype are fields like any other', async () => {
  for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
    if (name !== '__proto__') assert.throws(() => takeFields(raw('json', {}), { [name]: text() }), refused('invalid_fields', name))
    const body = await readBody(headWith(`{"${name}":"x"}`, 'application/json'), 1000)
    assert.equal(body.values.get(name), 'x')
  }
  const body = await readBody(headWith('{"__proto__":{"email":"a@b.example"}}', 'application/json'), 1000)
  assert.throws(() => takeFields(body, { email: text() }), refused('invalid_fields', 'email'))
})

test('what is no form, no JSON object, no UTF-8, too long or of another type is refused before any field is looked at', async () => {
  const json = 'application/json'
  const cases: readonly (readonly [RequestHead, ErrorCode])[] = [
    [headWith('[]', json), 'malformed_request'],
    [headWith('null', json), 'malformed_request'],
    [headWith('"a"', json), 'malformed_request'],
    [headWith('{', json), 'malformed_request'],
    [headWith(new Uint8Array([0x7b, 0xff, 0x7d]), json), 'malformed_request'],
    [headWith('a=%ff'), 'malformed_request'],
    [headWith('a=%'), 'malformed_request'],
    [headWith('a=b', `${form}; charset=utf-16`), 'unsupported_media_type'],
    [headWith('{}', 'text/plain'), 'unsupported_media_type'],
    [headWith('{}', 'application/json, text/plain'), 'unsupported_media_type'],
    [headWith('a', 'multipart/form-data; boundary=a'), 'unsupported_media_type'],
    [headWith('{}', null), 'unsupported_media_type'],
    [headWith('a='.padEnd(1001, 'x')), 'payload_too_large'],
  ]
  for (const [head, code] of cases) await assert.rejects(readBody(head, 1000), refused(code), `${mediaType(head)} ${code}`)
  assert.equal((await readBody(headWith('', null), 1000)).values.size, 0)
  assert.equal((await readBody(headWith('{}', 'APPLICATION/JSON; charset="UTF-8"'), 1000)).source, 'json')
})

test('a body that says it is longer than allowed is refused without being read', async () => {
  const headers = { 'content-type': form, 'content-length': '70000' }
  const stream = new ReadableStream({ pull: () => assert.fail('nobody should read this') }, { highWaterMark: 0 })
  const request = new Request('http://localhost/', { method: 'POST', headers, body: stream, duplex: 'half' })
  await assert.rejects(readBody(headOfRequest(request), 65_536), refused('payload_too_large'))
})

test('whatever JSON comes in, fields are of their kind or it is refused by name', () => {
  const spec = { a: text({ optional: true }), b: flag(), c: list(), d: json() }
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd', 'e'), fc.jsonValue()), (body) => {
      try {
        const taken = takeFields(raw('json', JSON.parse(JSON.stringify(body))), spec)
        assert.equal(typeof taken.a, 'string')
        assert.equal(typeof taken.b, 'boolean')
        assert.ok(Array.isArray(taken.c) && taken.c.every((item) => typeof item === 'string'))
      } catch (error) {
        assert.ok(error instanceof AuthError && error.code === 'invalid_fields', String(error))
        assert.ok(Object.keys(error.detail.fields ?? {}).every((name) => name in spec))
      }
    }),
    { seed, numRuns: 500 },
  )
})

test('whatever bytes come in, reading ends in fields or in a refusal of its own', async () => {
  const types = fc.constantFrom(form, 'application/json', 'text/html', `${form}; charset=latin1`)
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(
        fc.uint8Array({ maxLength: 300 }),
        fc.string().map((body) => Buffer.from(body)),
      ),
      types,
      async (body, type) => {
        try {
          await readBody(headWith(new Uint8Array(body), type), 256)
        } catch (error) {
          assert.ok(error instanceof AuthError && error.status >= 400 && error.status < 500, String(error))
        }
      },
    ),
    { seed, numRuns: 500 },
  )
})

test('a query reads like a form; one that is malformed is refused', () => {
  assert.deepEqual(
    [...readQuery('/login?next=%2Fa+b&x').values],
    [
      ['next', '/a b'],
      ['x', ''],
    ],
  )
  assert.equal(readQuery('/login').values.size, 0)
  assert.throws(() => readQuery('/login?next=%E0%A4%A'), refused('malformed_request'))
  fc.assert(
    fc.property(fc.dictionary(fc.string({ minLength: 1 }), fc.string()), (values) => {
      const query = new URLSearchParams(values).toString()
      assert.deepEqual(new Map(readQuery(`/?${query}`).values), new Map(new URLSearchParams(query)))
    }),
    { seed, numRuns: 300 },
  )
})
