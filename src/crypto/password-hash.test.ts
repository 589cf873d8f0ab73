/** Password hashes agree with independent vectors, and nothing odd in a database is worked on. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { hashPassword, needsRehash, schemeOf, verifyPasswordHash } from './password-hash.ts'
import { cheapSchemes, defaultSchemes, type HashScheme, isPayable, weakness } from './password-hash-scheme.ts'

const seed = Number(process.env.PORTCULLIS_SEED ?? 1)
const allCheap = Object.values(cheapSchemes)

function phcBase64(hex: string): string {
  return Buffer.from(hex.replaceAll(/\s/g, ''), 'hex').toString('base64').replace(/=+$/, '')
}

const salt = Buffer.from('salt').toString('base64').replace(/=+$/, '')

/** Known answers, none of them made here. */
const vectors: readonly { readonly source: string; readonly password: string; readonly phc: string }[] = [
  {
    source: 'phc-winner-argon2, src/test.c, argon2id version 0x13',
    password: 'password',
    phc: '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc',
  },
  {
    source: 'RFC 7914, section 12, third vector',
    password: 'pleaseletmein',
    phc: `$scrypt$ln=14,r=8,p=1$${Buffer.from('SodiumChloride').toString('base64').replace(/=+$/, '')}$${phcBase64(`
      7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2
      d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887`)}`,
  },
  {
    source: 'RFC 7914, section 12, second vector',
    password: 'password',
    phc: `$scrypt$ln=10,r=8,p=16$TmFDbA$${phcBase64(`
      fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162
      2eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640`)}`,
  },
  {
    source: 'RFC 7914, section 11, PBKDF2-HMAC-SHA-256',
    password: 'passwd',
    phc: `$pbkdf2-sha256$i=1$${salt}$${phcBase64(`
      55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc
      49ca9cccf179b645991664b39d77ef317c71b845b1e30bd509112041d3a19783`)}`,
  },
  {
    source: 'RFC 6070 inputs under SHA-512, 1 iteration',
    password: 'password',
    phc: `$pbkdf2-sha512$i=1$${salt}$${phcBase64(`
      867f70cf1ade02cff3752599a3a53dc4af34c7a669815ae5d513554e1c8cf252
      c02d470a285a0501bad999bfe943c08f050235d7d68b1da55e63f73b60a57fce`)}`,
  },
  {
    source: 'RFC 6070 inputs under SHA-512, 4096 iterations',
    password: 'password',
    phc: `$pbkdf2-sha512$i=4096$${salt}$${phcBase64(`
      d197b1b33db0143e018b12f3d1d1479e6cdebdcc97c5c0f87f6902e072f457b5
      143f30602641b3d55cd335988cb36b84376060ecd532e039b742a239434af2d5`)}`,
  },
  {
    source: 'hashcat example hash 20200, passlib pbkdf2-sha512',
    password: 'hashcat',
    phc: '$pbkdf2-sha512$25000$LyWE0HrP2RsjZCxlDGFMKQ$1vC5Ohk2mCS9b6akqsEfgeb4l74SF8XjH.SljXf3dMLHdlY1GK9ojcCKts6/asR4aPqBmk74nCDddU3tvSCJvw',
  },
  {
    source: 'hashcat example hash 20300, passlib pbkdf2-sha256',
    password: 'hashcat',
    phc: '$pbkdf2-sha256$29000$x9h7j/Ge8x6DMEao1VqrdQ$kra3R1wEnY8mPdDWOpTqOTINaAmZvRMcYd8u5OBQP9A',
  },
  {
    source: 'crypt_blowfish, wrapper.c, first test',
    password: 'U*U',
    phc: '$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW',
  },
]

for (const { source, password, phc } of vectors) {
  test(`a hash made elsewhere verifies: ${source}`, async () => {
    assert.equal(await verifyPasswordHash(phc, password), true)
    assert.equal(await verifyPasswordHash(phc, `${password} `), false)
  })
}

for (const scheme of allCheap) {
  test(`AL-QS-11 AL-FST-B8 what ${scheme.name} hashed verifies, and nothing else does, not even with other spaces around it`, async () => {
    const password = '  two before, one after '
    const phc = await hashPassword(password, scheme)
    assert.equal(schemeOf(phc), scheme.name)
    assert.equal(await verifyPasswordHash(phc, password), true)
    for (const other of [password.trim(), password.trimEnd(), ` ${password}`, password.toUpperCase(), '']) {
      assert.equal(await verifyPasswordHash(phc, other), false)
    }
    assert.notEqual(await hashPassword(password, scheme), phc, 'the salt is new each time')
  })
}

test('any password verifies against its own hash only', async () => {
  const text = fc.string({ unit: 'grapheme', maxLength: 17 })
  await fc.assert(
    fc.asyncProperty(
      text,
      text,
      fc.constantFrom(...allCheap.filter((scheme) => scheme.name !== 'bcrypt')),
      async (password, other, scheme) => {
        const phc = await hashPassword(password, scheme)
        assert.equal(await verifyPasswordHash(phc, password), true)
        assert.equal(await verifyPasswordHash(phc, other), other === password)
      },
    ),
    { seed, numRuns: 60 },
  )
})

test('bcrypt refuses to hash what it would cut, and never verifies it', async () => {
  const whole = 'é'.repeat(36)
  const phc = await hashPassword(whole, cheapSchemes.bcrypt)
  assert.match(phc, /^\$2b\$04\$/)
  assert.equal(await verifyPasswordHash(phc, whole), true)
  assert.equal(await verifyPasswordHash(phc, `${whole}x`), false)
  await assert.rejects(hashPassword(`${whole}x`, cheapSchemes.bcrypt), RangeError)
  await assert.rejects(hashPassword('before\0after', cheapSchemes.bcrypt), RangeError)
})

const tag = 'CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc'
const hostile: readonly string[] = [
  '',
  'password',
  '$',
  '$argon2id$',
  `$argon2i$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$${tag}`,
  `$argon2d$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$${tag}`,
  `$argon2id$v=16$m=65536,t=2,p=1$c29tZXNhbHQ$${tag}`,
  `$argon2id$m=65536,t=2,p=1$c29tZXNhbHQ$${tag}`,
  `$argon2id$v=19$m=1048577,t=1,p=1$c29tZXNhbHQ$${tag}`,
  `$argon2id$v=19$m=4294967295,t=4294967295,p=255$c29tZXNhbHQ$${tag}`,
  `$argon2id$v=19$m=1048576,t=9,p=1$c29tZXNhbHQ$${tag}`,
  `$argon2id$v=19$m=7,t=1,p=1$c29tZXNhbHQ$${tag}`,
  `$argon2id$v=19$m=8,t=1,p=2$c29tZXNhbHQ$${tag}`,
  `$argon2id$v=19$m=8,t=0,p=1$c29tZXNhbHQ$${tag}`,
  `$argon2id$v=19$m=08,t=1,p=1$c29tZXNhbHQ$${tag}`,
  `$argon2id$v=19$m=-8,t=1,p=1$c29tZXNhbHQ$${tag}`,
  `$argon2id$v=19$m=8,t=1,p=1$c2FsdA$${tag}`,
  `$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ$${tag}=`,
  `$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ$${tag}\n`,
  ` $argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ$${tag}`,
  '$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ$',
  '$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ$AAAA',
  `$scrypt$ln=31,r=8,p=1$c29tZXNhbHQ$${tag}`,
  `$scrypt$ln=21,r=8,p=1$c29tZXNhbHQ$${tag}`,
  `$scrypt$ln=20,r=8,p=64$c29tZXNhbHQ$${tag}`,
  '$scrypt$ln=1,r=1,p=1$c29tZXNhbHQ$AAAA',
  `$scrypt$ln=16,r=1,p=1$c29tZXNhbHQ$${tag}`,
  `$pbkdf2-sha512$i=10000001$c29tZXNhbHQ$${tag}`,
  `$pbkdf2-sha512$i=9999999999$c29tZXNhbHQ$${tag}`,
  `$pbkdf2-sha512$0$c29tZXNhbHQ$${tag}`,
  `$pbkdf2-sha1$i=1$c29tZXNhbHQ$${tag}`,
  `$pbkdf2-sha512$i=1$$${tag}`,
  '$2b$31$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW',
  '$2b$17$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW',
  '$2b$03$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW',
  '$2x$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW',
  '$2$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW',
  '$2b$05$CCCCCCCCCCCCCCCCCCCCC.',
  'plaintext$password',
  '{SSHA}AAAA',
  '$1$salt$hash',
  '$6$salt$hash',
  'nfkd:$2b$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW',
  `$argon2id$v=19$m=8,t=1,p=1$${'A'.repeat(100_000)}$${tag}`,
]

for (const [index, text] of hostile.entries()) {
  test(`AL-FS-44 a malformed, unknown or absurdly costly hash is refused at once: ${index} ${text.slice(0, 45).trim()}`, async () => {
    const before = process.cpuUsage()
    assert.equal(await verifyPasswordHash(text, 'password'), false)
    const { user, system } = process.cpuUsage(before)
    assert.ok(user + system < 100_000, 'no work is done')
    assert.equal(schemeOf(text), null)
    assert.equal(needsRehash(text, defaultSchemes.argon2id), true)
  })
}

test('no text that is near a hash makes verifying throw', async () => {
  const phcs = await Promise.all(allCheap.map((scheme) => hashPassword('password', scheme)))
  const changed = fc.tuple(fc.constantFrom(...phcs), fc.nat(130), fc.string({ maxLength: 3 }), fc.nat(3))
  await fc.assert(
    fc.asyncProperty(changed, async ([phc, at, put, cut]) => {
      const text = phc.slice(0, at) + put + phc.slice(at + cut)
      if (schemeOf(text) === 'bcrypt' && !text.startsWith('$2b$04')) return // sound, and slow
      assert.equal(typeof (await verifyPasswordHash(text, 'another')), 'boolean')
    }),
    { seed, numRuns: 500 },
  )
})

test('no cost, salt or digest that is read makes verifying throw', async () => {
  const small = fc.integer({ min: 1, max: 20 })
  const cost = fc.oneof(
    fc.tuple(fc.integer({ min: 1, max: 400 }), small, small).map(([m, t, p]) => `argon2id$v=19$m=${m},t=${t},p=${p}`),
    fc.tuple(small, small, small).map(([logN, r, p]) => `scrypt$ln=${Math.min(logN, r < 3 ? 17 : 8)},r=${r},p=${p}`),
    fc.tuple(fc.constantFrom('pbkdf2-sha512', 'pbkdf2-sha256'), small).map(([name, i]) => `${name}$i=${i}`),
  )
  const bytes = fc
    .uint8Array({ minLength: 1, maxLength: 66, size: 'max' })
    .map((array) => Buffer.from(array).toString('base64').replace(/=+$/, ''))
  await fc.assert(
    fc.asyncProperty(cost, bytes, bytes, async (parameters, saltText, digest) => {
      assert.equal(await verifyPasswordHash(`$${parameters}$${saltText}$${digest}`, 'password'), false)
    }),
    { seed, numRuns: 150 },
  )
})

test('AL-FS-45 a hash needs replacing when its scheme is another or any cost is lower, and not when it is as strong or stronger', async () => {
  const argon2id: HashScheme = { name: 'argon2id', memoryKiB: 64, passes: 2, parallelism: 1 }
  const phc = await hashPassword('password', argon2id)
  assert.equal(needsRehash(phc, argon2id), false)
  assert.equal(needsRehash(phc, { ...argon2id, memoryKiB: 65 }), true)
  assert.equal(needsRehash(phc, { ...argon2id, passes: 3 }), true)
  assert.equal(needsRehash(phc, { ...argon2id, memoryKiB: 32, passes: 1 }), false)
  for (const scheme of allCheap) {
    const made = await hashPassword('password', scheme)
    for (const wanted of allCheap) assert.equal(needsRehash(made, wanted), wanted.name !== scheme.name)
    assert.equal(needsRehash(made, defaultSchemes[scheme.name]), true)
  }
})

test('AL-FS-44 costs under the OWASP minima are called weak, the defaults and the minima are not', () => {
  for (const scheme of Object.values(defaultSchemes)) assert.equal(weakness(scheme), null)
  const enough: readonly HashScheme[] = [
    { name: 'argon2id', memoryKiB: 47_104, passes: 1, parallelism: 1 },
    { name: 'argon2id', memoryKiB: 12_288, passes: 3, parallelism: 1 },
    { name: 'bcrypt', cost: 10 },
    { name: 'scrypt', logN: 16, r: 8, p: 2 },
    { name: 'scrypt', logN: 15, r: 8, p: 3 },
  ]
  for (const scheme of enough) assert.equal(weakness(scheme), null)
  const weak: readonly HashScheme[] = [
    { name: 'argon2id', memoryKiB: 47_103, passes: 1, parallelism: 1 },
    { name: 'argon2id', memoryKiB: 19_455, passes: 2, parallelism: 1 },
    { name: 'argon2id', memoryKiB: 12_287, passes: 3, parallelism: 4 },
    { name: 'bcrypt', cost: 9 },
    { name: 'scrypt', logN: 16, r: 8, p: 1 },
    { name: 'scrypt', logN: 17, r: 4, p: 1 },
    { name: 'pbkdf2-sha512', iterations: 209_999 },
    { name: 'pbkdf2-sha256', iterations: 599_999 },
  ]
  for (const scheme of weak) assert.match(weakness(scheme) ?? '', /needs .*at least .*: raise /)
})

test('hashing at a cost that cannot be paid is refused before any work', async () => {
  for (const scheme of [
    { ...cheapSchemes.bcrypt, cost: 31 },
    { ...cheapSchemes.argon2id, memoryKiB: 2_000_000 },
  ] as readonly HashScheme[]) {
    assert.equal(isPayable(scheme), false)
    await assert.rejects(hashPassword('password', scheme), RangeError)
  }
})
