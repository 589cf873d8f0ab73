/** E-mail addresses: a table of good and bad ones, and which are the same. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { readAddress } from './address.ts'

const seed = Number(process.env.PORTCULLIS_SEED ?? 1)

const good: readonly (readonly [typed: string, key: string, email?: string])[] = [
  ['alice@example.com', 'alice@example.com'],
  ['Alice.Smith+news@Example.COM', 'alice.smith+news@example.com'],
  ['  alice@example.com\n', 'alice@example.com', 'alice@example.com'],
  ["o'neil!#$%&*/=?^_`{|}~-@example.com", "o'neil!#$%&*/=?^_`{|}~-@example.com"],
  ['a@b.co', 'a@b.co'],
  ['alice@localhost', 'alice@localhost'],
  ['alice@sub.domain.example.museum', 'alice@sub.domain.example.museum'],
  ['alice@bücher.example', 'alice@xn--bcher-kva.example'],
  ['alice@BÜCHER.example', 'alice@xn--bcher-kva.example'],
  ['alice@bu\u0308cher.example', 'alice@xn--bcher-kva.example', 'alice@bücher.example'],
  ['alice@xn--bcher-kva.example', 'alice@xn--bcher-kva.example'],
  ['alice@例え.テスト', 'alice@xn--r8jz45g.xn--zckzah'],
  ['alice@ｅｘａｍｐｌｅ．com', 'alice@example.com'],
  ['alice@example。com', 'alice@example.com'],
  ['JÜRGEN@example.com', 'jürgen@example.com'],
  ['ju\u0308rgen@example.com', 'jürgen@example.com', 'jürgen@example.com'],
  ['用户@example.com', '用户@example.com'],
  ['al_ce%x@example.com', 'al_ce%x@example.com'],
  [`${'a'.repeat(242)}@example.com`, `${'a'.repeat(242)}@example.com`], // 254 octets
]

for (const [typed, key, email] of good) {
  test(`${JSON.stringify(typed.slice(0, 40))} is an address, and the same as ${key.slice(0, 40)}`, () => {
    assert.deepEqual(readAddress(typed), { email: email ?? typed, key })
  })
}

const bad: readonly string[] = [
  '',
  ' ',
  'alice',
  '@',
  'alice@',
  '@example.com',
  'alice@@example.com',
  'alice@b@example.com',
  'alice@example',
  'alice@.com',
  'alice@example.',
  'alice@example..com',
  'alice@-example.com',
  'alice@example-.com',
  'alice@example.-com',
  'alice@example.com-',
  'alice@exa mple.com',
  'alice@example.c',
  '.alice@example.com',
  'alice.@example.com',
  'al..ice@example.com',
  'al ice@example.com',
  '"alice"@example.com',
  'alice(comment)@example.com',
  'alice@[127.0.0.1]',
  'alice@127.0.0.1',
  'alice@0x7f.1',
  'alice@2130706433',
  'alice@[::1]',
  'Alice <alice@example.com>',
  'alice@example.com, bob@example.com',
  'alice@example.com;bob@example.com',
  'mailto:alice@example.com',
  'alice@example.com\nBcc: bob@example.com',
  'alice\0@example.com',
  'alice@exam\0ple.com',
  'alice\u200b@example.com',
  'alice\u00a0@example.com',
  'alice\u202e@example.com',
  'alice\ud800@example.com',
  'alice\\@example.com',
  'alice@example.com/',
  'alice@example.com?x',
  'alice@example.com#x',
  'alice@example.com:25',
  'alice@user:pass@example.com',
  'alice@exam%70le.com',
  `${'a'.repeat(243)}@example.com`,
  `${'ä'.repeat(122)}@example.com`,
  `alice@${'a'.repeat(64)}.com`,
  `alice@${'a.'.repeat(125)}com`,
]

for (const typed of bad) {
  test(`${JSON.stringify(typed.slice(0, 40))} is none`, () => assert.equal(readAddress(typed), null))
}

test('a key is the key of itself, lower case, in NFC, with an ASCII domain', () => {
  const locals = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
  const domains = fc.oneof(fc.domain(), fc.constantFrom('bücher.example', 'STRASSE.example', '例え.テスト'))
  fc.assert(
    fc.property(locals, domains, (local, domain) => {
      const address = readAddress(`${local}@${domain}`)
      if (!address) return
      const { key } = address
      assert.equal(readAddress(key)?.key, key)
      assert.equal(key, key.normalize('NFC'))
      assert.match(key.slice(key.indexOf('@') + 1), /^[a-z0-9_.-]+$/)
      assert.equal(readAddress(address.email)?.key, key)
      assert.equal(readAddress(`${local.normalize('NFD')}@${domain}`)?.key, key)
    }),
    { seed, numRuns: 2000 },
  )
})
