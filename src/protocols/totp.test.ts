/** Codes are those of the standards' tables and of an independent library; each is good once, in its window. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { HOTP, Secret, TOTP, URI } from 'otpauth'
import { computeHotp, computeTotp, createTotpSecret, groupedSecret, matchTotp, otpauthUri, stepAt, toBase32 } from './totp.ts'

const seed = Number(process.env.PORTCULLIS_SEED ?? 1)
const digits = '12345678901234567890'

test('the codes of RFC 4226 appendix D', () => {
  const codes = ['755224', '287082', '359152', '969429', '338314', '254676', '287922', '162583', '399871', '520489']
  assert.deepEqual(
    codes.map((_, counter) => computeHotp(Buffer.from(digits), counter)),
    codes,
  )
})

const secrets = {
  'SHA-1': Buffer.from(digits),
  'SHA-256': Buffer.from(digits.repeat(2).slice(0, 32)),
  'SHA-512': Buffer.from(digits.repeat(4).slice(0, 64)),
} as const

/** RFC 6238 appendix B. Its secrets are as long as the hash (erratum 2866). */
const table = [
  [59, 0x1, '94287082', '46119246', '90693936'],
  [1111111109, 0x23523ec, '07081804', '68084774', '25091201'],
  [1111111111, 0x23523ed, '14050471', '67062674', '99943326'],
  [1234567890, 0x273ef07, '89005924', '91819424', '93441116'],
  [2000000000, 0x3f940aa, '69279037', '90698825', '38618901'],
  [20000000000, 0x27bc86aa, '65353130', '77737706', '47863826'],
] as const

for (const [seconds, step, sha1, sha256, sha512] of table) {
  test(`the codes of RFC 6238 appendix B at ${seconds} seconds`, () => {
    const now = seconds * 1000
    assert.equal(stepAt(now), step)
    for (const [algorithm, code] of [
      ['SHA-1', sha1],
      ['SHA-256', sha256],
      ['SHA-512', sha512],
    ] as const) {
      const secret = secrets[algorithm]
      assert.equal(computeTotp(secret, now, { algorithm, digits: 8 }), code)
      assert.equal(computeTotp(secret, now, { algorithm }), code.slice(2))
      assert.equal(matchTotp({ secret, code, now, algorithm, digits: 8, spentStep: null }), step)
    }
  })
}

const parameters = fc.record(
  { algorithm: fc.constantFrom('SHA-1', 'SHA-256', 'SHA-512'), digits: fc.constantFrom(6, 8), period: fc.integer({ min: 1, max: 300 }) },
  { noNullPrototype: true },
)
const anySecret = fc.uint8Array({ minLength: 16, maxLength: 80 })
const anyTime = fc.integer({ min: 0, max: Date.UTC(2200, 0, 1) })

/** The same secret for the other library. */
function secretOf(bytes: Uint8Array): Secret {
  return new Secret({ buffer: new Uint8Array(bytes).buffer })
}

test('codes of any secret, time, hash, length and period agree with an independent library', () => {
  fc.assert(
    fc.property(anySecret, anyTime, parameters, (secret, now, given) => {
      const algorithm = given.algorithm.replace('-', '')
      const code = computeTotp(secret, now, given)
      assert.equal(code, new TOTP({ ...given, algorithm, secret: secretOf(secret) }).generate({ timestamp: now }))
      assert.equal(code, new HOTP({ ...given, algorithm, secret: secretOf(secret) }).generate({ counter: stepAt(now, given) }))
    }),
    { seed, numRuns: 300 },
  )
})

test('a code of any step is in a window or not as an independent library finds it, and the step is the one that it is of', () => {
  const steps = fc.integer({ min: -4, max: 4 })
  const windows = fc.integer({ min: 0, max: 3 })
  const times = fc.integer({ min: Date.UTC(1990, 0, 1), max: Date.UTC(2200, 0, 1) })
  fc.assert(
    fc.property(anySecret, times, parameters, steps, windows, (bytes, at, given, away, window) => {
      const code = computeHotp(bytes, stepAt(at, given) + away, given)
      const other = new TOTP({ ...given, algorithm: given.algorithm.replace('-', ''), secret: secretOf(bytes) })
      const step = matchTotp({ secret: bytes, code, now: at, window, spentStep: null, ...given })
      assert.equal(step === null, other.validate({ token: code, timestamp: at, window }) === null)
      if (Math.abs(away) <= window) assert.equal(computeHotp(bytes, step ?? 0, given), code)
    }),
    { seed, numRuns: 500 },
  )
})

const secret = secrets['SHA-1']
const now = 1_700_000_000_000
const current = stepAt(now)

/** The step that a code of so many steps away matches. */
function matchAt(steps: number, options: { spentStep?: number | null; window?: number } = {}): number | null {
  return matchTotp({ secret, code: computeHotp(secret, current + steps), now, spentStep: null, ...options })
}

test('AL-QS-19 THR-86 one step to each side is accepted, and no more', () => {
  assert.deepEqual(
    [-2, -1, 0, 1, 2].map((steps) => matchAt(steps)),
    [null, current - 1, current, current + 1, null],
  )
  assert.deepEqual(
    [-1, 0, 1].map((steps) => matchAt(steps, { window: 0 })),
    [null, current, null],
  )
  assert.equal(matchAt(-3, { window: 3 }), current - 3)
})

test('THR-84 THR-87 THR-95 a spent step is never accepted again, nor any before it, whatever the clock says', () => {
  assert.equal(matchAt(0, { spentStep: current - 1 }), current)
  for (const spentStep of [current, current + 1, current + 1000]) {
    for (const steps of [-1, 0]) assert.equal(matchAt(steps, { spentStep }), null)
  }
  assert.equal(matchAt(1, { spentStep: current }), current + 1)
  assert.equal(matchTotp({ secret, code: computeHotp(secret, current), now: now - 30_000, spentStep: current }), null)
})

test('of several equal codes in a window the latest step is the one, so that spending it spends them all', () => {
  // Of 4,001 codes out of a million some are equal.
  const window = 2000
  const steps = new Map<string, number>()
  let pair: readonly [code: string, later: number] | null = null
  for (let step = current - window; step <= current + window && pair === null; step++) {
    const code = computeHotp(secret, step)
    if (steps.has(code)) pair = [code, step]
    steps.set(code, step)
  }
  assert.ok(pair !== null)
  const [code, later] = pair
  assert.equal(matchTotp({ secret, code, now, window, spentStep: null }), later)
  assert.equal(matchTotp({ secret, code, now, window, spentStep: later }), null)
})

test('spaces between the digits count for nothing; anything else is no code', () => {
  const code = computeHotp(secret, current)
  const fullWidth = [...code].map((digit) => String.fromCodePoint(0xff10 + Number(digit))).join('')
  assert.equal(matchTotp({ secret, code: ` ${code.slice(0, 3)} ${code.slice(3)} `, now, spentStep: null }), current)
  for (const odd of [
    '',
    ' ',
    code.slice(1),
    `${code}0`,
    `0${code}`,
    `-${code}`,
    `${code}\0`,
    `${code}\n`,
    fullWidth,
    `${Number(code)}.0`,
    '\ud800',
    '0'.repeat(1e6),
  ])
    assert.equal(matchTotp({ secret, code: odd, now, spentStep: null }), null, odd.slice(0, 10))
})

test('a code of another secret, hash, length or period is wrong', () => {
  const code = computeTotp(secret, now)
  assert.equal(matchTotp({ secret: Buffer.from(digits.replace('1', '2')), code, now, spentStep: null }), null)
  for (const given of [{ algorithm: 'SHA-256' }, { digits: 8 }, { period: 31 }] as const)
    assert.equal(matchTotp({ secret, code, now, spentStep: null, ...given }), null)
})

test('the first steps of time have no earlier ones, and times that are none match nothing', () => {
  assert.equal(matchTotp({ secret, code: computeHotp(secret, 0), now: 0, spentStep: null }), 0)
  for (const time of [Number.NaN, -86_400_000, Number.NEGATIVE_INFINITY])
    assert.equal(matchTotp({ secret, code: '123456', now: time, spentStep: null }), null)
})

test('THR-85 a secret has the length of the hash, no two are equal, and one under 128 bits is not used', () => {
  assert.deepEqual(
    (['SHA-1', 'SHA-256', 'SHA-512'] as const).map((algorithm) => createTotpSecret(algorithm).byteLength),
    [20, 32, 64],
  )
  assert.notDeepEqual(createTotpSecret(), createTotpSecret())
  computeHotp(new Uint8Array(16), 0)
  for (const bytes of [0, 10, 15]) {
    assert.throws(() => computeHotp(new Uint8Array(bytes), 0), RangeError)
    assert.throws(() => matchTotp({ secret: new Uint8Array(bytes), code: '000000', now, spentStep: null }), RangeError)
  }
})

test('a counter is a whole number from 0', () => {
  for (const counter of [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])
    assert.throws(() => computeHotp(secret, counter), RangeError)
})

test('AL-QS-19 the URI names issuer and account, and leaves out what is usual', () => {
  const account = { issuer: 'Example & Söhne', account: 'a+b@example.com', secret }
  assert.equal(
    otpauthUri(account),
    'otpauth://totp/Example%20%26%20S%C3%B6hne:a%2Bb%40example.com?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Example%20%26%20S%C3%B6hne',
  )
  assert.match(otpauthUri({ ...account, algorithm: 'SHA-256', digits: 8, period: 60 }), /&algorithm=SHA256&digits=8&period=60$/)
})

test('any issuer and account are read by an independent library as they were written', () => {
  const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 }).filter((value) => value.trim() === value)
  const issuers = text.filter((value) => !value.includes(':'))
  fc.assert(
    fc.property(issuers, text, anySecret, parameters, (issuer, account, bytes, given) => {
      const read = URI.parse(otpauthUri({ issuer, account, secret: bytes, ...given }))
      assert.ok(read instanceof TOTP)
      assert.deepEqual(
        [read.issuer, read.label, read.secret.base32, read.digits, read.period],
        [issuer, account, toBase32(bytes), given.digits, given.period],
      )
      assert.equal(read.algorithm, given.algorithm.replace('-', ''))
      assert.equal(read.generate({ timestamp: now }), computeTotp(bytes, now, given))
    }),
    { seed, numRuns: 300 },
  )
})

test('an issuer that would end early in the label is refused; accounts may hold anything', () => {
  for (const issuer of ['', 'a:b', ':']) assert.throws(() => otpauthUri({ issuer, account: 'a', secret }), RangeError)
  for (const account of ['', 'a:b', 'a/b?c=d&e#f', '\ud800', '<script>', 'a\r\nb'])
    assert.match(otpauthUri({ issuer: 'x', account, secret }), /^otpauth:\/\/totp\/x:[\w%.~!'()*-]*\?secret=[A-Z2-7]+&issuer=x$/)
})

test('a secret to type is in groups of four', () => {
  assert.equal(groupedSecret(secret), 'GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ')
  assert.equal(groupedSecret(Buffer.from('foobar')), 'MZXW 6YTB OI')
})
