/** What is stored of a password verifies it and nothing else, costs the same for nobody, and is replaced when it is outdated. */
import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { test } from 'node:test'
import { hashPassword, schemeOf } from '../crypto/password-hash.ts'
import type { HashScheme } from '../crypto/password-hash-scheme.ts'
import { AuthError } from '../model/error.ts'
import { createLocales } from './locale.ts'
import { createPasswords, type PasswordOptions, type Passwords, type PasswordTools } from './passwords.ts'
import type { PasswordContext } from './step.ts'

const { fallback: locale } = createLocales({}, () => {})
const about: PasswordContext = { email: 'alice@example.com', username: null, secondFactor: false }
const phrase = 'purple otter juggles'

function keyed(label: string, text: string): string {
  return createHmac('sha256', 'a secret for tests only').update(`${label}\0${text}`).digest('base64url')
}

const tools: PasswordTools = { production: false, keyed }

function createCheap(options: PasswordOptions = {}): Passwords {
  return createPasswords({ dangerouslyCheapHash: true, ...options }, tools)
}

function refusedFor(field: string, sentence: RegExp): (error: unknown) => boolean {
  return (error) =>
    error instanceof AuthError && error.code === 'invalid_fields' && sentence.test(locale.say(error.detail.fields?.[field]?.[0] ?? ''))
}

/** CPU seconds that a step takes, in all threads. */
async function costOf(step: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage()
  await step()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1e6
}

test('AL-QS-11 a hashed password verifies and another does not; a short one is refused with a sentence that says how long', async () => {
  const passwords = createCheap()
  const stored = await passwords.hash(phrase, about, 'password')
  assert.match(stored, /^\$argon2id\$v=19\$m=8,t=1,p=1\$/)
  assert.equal(await passwords.verify(stored, 'alice@example.com', phrase), true)
  assert.equal(await passwords.verify(stored, 'alice@example.com', 'purple otter juggled'), false)
  await assert.rejects(passwords.hash('purple otter', about, 'newPassword'), refusedFor('newPassword', /at least 15 characters/))
})

test('AL-FST-B8 leading and trailing spaces are part of the password', async () => {
  const passwords = createCheap()
  const stored = await passwords.hash(`  ${phrase} `, about, 'password')
  assert.equal(await passwords.verify(stored, 'a', `  ${phrase} `), true)
  for (const other of [phrase, `  ${phrase}`, ` ${phrase} `]) assert.equal(await passwords.verify(stored, 'a', other), false)
})

test('AL-FST-B7 AL-FS-45 composed and decomposed spellings are one password', async () => {
  const passwords = createCheap()
  const typed = 'crème brûlée für Zoë'
  const stored = await passwords.hash(typed.normalize('NFD'), about, 'password')
  assert.equal(await passwords.verify(stored, 'a', typed.normalize('NFC')), true)
  assert.equal(await passwords.verify(stored, 'a', typed.normalize('NFD')), true)
  assert.equal(await passwords.verify(stored, 'a', typed.replace('è', 'e')), false)
})

test('AL-FST-B7 compatibility forms stay different for NFC, and are one for an imported NFKD hash', async () => {
  const passwords = createCheap()
  const plain = await hashPassword('office ① password'.normalize('NFC'), passwords.settings.scheme)
  assert.equal(await passwords.verify(plain, 'a', 'office 1 password'), false)
  const imported = `nfkd:${await hashPassword('ﬁne ① é'.normalize('NFKD'), passwords.settings.scheme)}`
  for (const spelling of ['ﬁne ① é', 'fine 1 é', 'fine 1 é'.normalize('NFD')])
    assert.equal(await passwords.verify(imported, 'a', spelling), true)
  assert.equal(await passwords.verify(imported, 'a', 'fine 1 e'), false)
})

test('AL-FS-45 AL-FST-G2 a hash of another scheme verifies and is replaced by the configured one, once', async () => {
  for (const older of ['bcrypt', 'scrypt', 'pbkdf2-sha512', 'pbkdf2-sha256'] as const) {
    const before = createCheap({ scheme: older })
    const stored = await before.hash(phrase, about, 'password')
    assert.equal(schemeOf(stored), older)
    const after = createCheap({ older: [older] })
    assert.equal(await after.verify(stored, 'a', phrase), true)
    const replaced = await after.upgrade(stored, phrase)
    assert.ok(replaced !== null && schemeOf(replaced) === 'argon2id')
    assert.equal(await after.verify(replaced, 'a', phrase), true)
    assert.equal(await after.upgrade(replaced, phrase), null)
  }
})

test('AL-FS-45 a hash of a lower cost, or of the NFKD form, is replaced; one of a higher cost is kept', async () => {
  const costly: HashScheme = { name: 'argon2id', memoryKiB: 32, passes: 2, parallelism: 1 }
  const cheap = createCheap()
  const strong = createCheap({ scheme: costly })
  const stored = await cheap.hash('crème brûlée für Zoë', about, 'password')
  assert.match((await strong.upgrade(stored, 'crème brûlée für Zoë')) ?? '', /m=32,t=2/)
  assert.equal(await cheap.upgrade(await strong.hash(phrase, about, 'password'), phrase), null)
  const imported = `nfkd:${await hashPassword('ﬁne'.normalize('NFKD'), costly)}`
  const replaced = (await strong.upgrade(imported, 'ﬁne')) ?? ''
  assert.equal(await strong.verify(replaced, 'a', 'ﬁne'), true)
  assert.equal(await strong.verify(replaced, 'a', 'fine'), false)
})

test('where nothing usable is stored the answer is no, whatever is typed', async () => {
  const passwords = createCheap()
  const sound = await passwords.hash(phrase, about, 'password')
  const nothings = [
    null,
    '',
    phrase,
    `nfkd:nfkd:${sound}`,
    'nfkd:',
    sound.slice(1),
    `${sound}\n`,
    '$argon2id$v=19$m=4194304,t=9,p=1$c29tZXNhbHQ$AAAA',
    '!',
  ]
  for (const stored of nothings) assert.equal(await passwords.verify(stored, 'a', phrase), false)
  for (const stored of nothings) assert.equal(await passwords.verify(stored, 'a', ''), false)
})

test('a password of more than 4 KiB or with half a surrogate is wrong, at no more than the usual cost', async () => {
  const passwords = createCheap()
  const stored = `nfkd:${await hashPassword('a\ufffd', passwords.settings.scheme)}`
  assert.equal(await passwords.verify(stored, 'a', 'a\ud800'), false)
  assert.equal(await passwords.verify(stored, 'a', '\ufdfa'.repeat(4096)), false)
  assert.equal(await passwords.verify(stored, 'a', 'a'.repeat(50_000_000)), false)
})

test('an unknown account costs as much as a known one, at the first login too', async () => {
  const passwords = createPasswords({ scheme: { name: 'pbkdf2-sha512', iterations: 400_000 } }, tools)
  const stored = await passwords.hash(phrase, about, 'password')
  const another = createPasswords({ scheme: { name: 'pbkdf2-sha512', iterations: 400_000 } }, tools)
  await another.ready()
  await passwords.ready()
  const known = await costOf(() => passwords.verify(stored, 'a', 'wrong'))
  for (const nothing of [null, 'malformed', '$argon2id$v=19$m=99999999,t=1,p=1$c29tZXNhbHQ$AAAA']) {
    const unknown = await costOf(() => another.verify(nothing, 'nobody', 'wrong'))
    assert.ok(unknown > known / 2 && unknown < known * 2, `${unknown} s against ${known} s`)
  }
})

test('THR-40: with an older scheme in use, unknown accounts are spread over both, and each identifier always takes the same', async () => {
  const older: HashScheme = { name: 'pbkdf2-sha512', iterations: 200_000 }
  const passwords = createCheap({ older: [older] })
  await passwords.ready()
  async function isSlow(key: string): Promise<boolean> {
    return (await costOf(() => passwords.verify(null, key, 'wrong'))) > 0.02
  }
  const first: boolean[] = []
  const second: boolean[] = []
  const keys = Array.from({ length: 10 }, (_, index) => `user${index}@example.com`)
  for (const key of keys) first.push(await isSlow(key))
  for (const key of keys) second.push(await isSlow(key))
  assert.deepEqual(second, first)
  assert.equal(new Set(first).size, 2)
})

test('more hashing than the queue holds is refused as overloaded, and an outdated hash then simply stays', async () => {
  const passwords = createPasswords({ scheme: 'pbkdf2-sha512', concurrency: 1, waiting: 1 }, tools)
  await passwords.ready()
  const outdated = await hashPassword(phrase, { name: 'pbkdf2-sha512', iterations: 1 })
  const tries = [1, 2, 3].map(() => passwords.verify(null, 'a', 'wrong'))
  const upgrade = new Promise((resolve) => setImmediate(resolve)).then(() => passwords.upgrade(outdated, phrase))
  const results = await Promise.allSettled(tries)
  assert.deepEqual(
    results.map((result) => (result.status === 'rejected' ? result.reason.code : 'done')),
    ['done', 'done', 'overloaded'],
  )
  assert.equal(await upgrade, null)
})

test('bcrypt as the configured scheme refuses what it would cut with a sentence, and leaves an imported hash of such a password alone', async () => {
  const passwords = createCheap({ scheme: 'bcrypt' })
  await passwords.ready()
  const long = `${phrase} ${'é'.repeat(40)}`
  await assert.rejects(passwords.hash(long, about, 'password'), refusedFor('password', /at most 72 bytes/))
  const imported = await createCheap().hash(long, about, 'password')
  assert.equal(await passwords.verify(imported, 'a', long), true)
  assert.equal(await passwords.upgrade(imported, long), null)
})

test('AL-FS-44 AL-FST-G2 an unknown scheme, plain text, or one that is missing is refused at the start with the schemes there are', () => {
  for (const scheme of ['plaintext', 'md5', 'toString', '', 'argon2']) {
    const options = JSON.parse(JSON.stringify({ scheme })) as PasswordOptions
    assert.throws(
      () => createPasswords(options, tools),
      /passwords\.scheme names ".*", which is no scheme: take one of argon2id, bcrypt, scrypt/,
    )
  }
  const older = JSON.parse('{"older":["hex_md5"]}') as PasswordOptions
  assert.throws(() => createPasswords(older, tools), /passwords\.older names "hex_md5"/)
})

test('AL-FS-44 low rounds are refused at the start with a sentence that says what to raise; older schemes may be weak', () => {
  const weak: readonly (readonly [HashScheme, RegExp])[] = [
    [{ name: 'pbkdf2-sha512', iterations: 25_000 }, /at least 210000 iterations: raise iterations/],
    [{ name: 'bcrypt', cost: 9 }, /at least 10: raise cost/],
    [{ name: 'scrypt', logN: 14, r: 8, p: 1 }, /at least logN=17/],
    [{ name: 'argon2id', memoryKiB: 8192, passes: 2, parallelism: 1 }, /at least 19456 KiB of memory: raise memoryKiB/],
  ]
  for (const [scheme, sentence] of weak) {
    assert.throws(() => createPasswords({ scheme }, tools), sentence)
    assert.doesNotThrow(() => createPasswords({ older: [scheme] }, tools))
  }
  assert.throws(() => createPasswords({ scheme: { name: 'bcrypt', cost: 31 } }, tools), /correct its cost/)
  assert.throws(() => createPasswords({ older: [{ name: 'pbkdf2-sha512', iterations: 0 }] }, tools), /passwords\.older .* correct its cost/)
})

test('the cheap hash is refused in production', () => {
  assert.throws(() => createPasswords({ dangerouslyCheapHash: true }, { ...tools, production: true }), /leave it out in production/)
})

test('queue settings that cannot be meant are refused at the start', () => {
  assert.throws(() => createPasswords({ concurrency: 0 }, tools), /passwords\.concurrency/)
  assert.throws(() => createPasswords({ waiting: -1 }, tools), /passwords\.waiting/)
})

test('the settings in force are plain values', () => {
  const { settings } = createPasswords({}, tools)
  assert.deepEqual(JSON.parse(JSON.stringify(settings)), {
    scheme: { name: 'argon2id', memoryKiB: 19_456, passes: 2, parallelism: 1 },
    minimum: 15,
    minimumWithSecondFactor: 8,
    maximum: 128,
  })
})
