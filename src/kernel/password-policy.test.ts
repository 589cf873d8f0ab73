/** The policy refuses what attackers try first, says why, and lets honest passphrases through. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { AuthError } from '../model/error.ts'
import { commonPasswords } from './common-passwords.ts'
import { createLocales } from './locale.ts'
import { createPasswordPolicy, type PasswordPolicyOptions } from './password-policy.ts'
import type { PasswordContext } from './step.ts'

const seed = Number(process.env.PORTCULLIS_SEED ?? 1)
const { fallback: locale } = createLocales({}, () => {})
const about: PasswordContext = { email: 'alice.wonder@example-shop.co.uk', username: 'wonderalice', secondFactor: false }
const withSecondFactor: PasswordContext = { ...about, secondFactor: true }

/** The sentence a password is refused with, or `null`. */
async function judge(password: string, context: PasswordContext = about, options: PasswordPolicyOptions = {}): Promise<string | null> {
  try {
    await createPasswordPolicy(options).accept(password, context, 'newPassword')
    return null
  } catch (error) {
    assert.ok(error instanceof AuthError)
    assert.equal(error.code, 'invalid_fields')
    assert.deepEqual(Object.keys(error.detail.fields ?? {}), ['newPassword'])
    const sentences = error.detail.fields?.newPassword ?? []
    assert.equal(sentences.length, 1)
    return locale.say(sentences[0] ?? '')
  }
}

const honest: readonly string[] = [
  'purple otter juggles seven lamps',
  'my grandmother kept bees in Antwerp',
  'zebra-teapot-lantern',
  'staple orbit velvet',
  'TheTrainToBrnoLeavesAt5',
  'xkW9-3fQz-LpT7-vR2n',
  'correcthorsebatterystapler',
  'Der Igel frisst keine Zahnbürste',
  'Ничего не понимаю по-китайски',
  '我们在山上种了三棵苹果树，然后回家吃饭',
  'alice drinks only green tea at noon',
  '8f14e45fceea167a5a36dedd4bea2543',
  'the password of my cousin is silly',
  '74093 18562 90347 21568',
  'pqzmvtrwxkhgnbs',
  '      spaces in front count as well',
  '🦊🐙🌵🎻🧊🚲🍋🪁🦔🎈🧭🪨🐌🌙🧵',
]

for (const password of honest) {
  test(`an honest passphrase is accepted: ${password}`, async () => assert.equal(await judge(password), null))
}

const common: readonly string[] = [
  'passwordpassword',
  'PasswordPassword',
  'PASSWORDPASSWORD1',
  'password1234567!',
  '!!!1234password99',
  'passwordiloveyou',
  'iloveyou-password',
  'dragon_monkey_2024',
  'sunshine sunshine',
  'letmein letmein letmein',
  'password1password2password3',
  'qwerty123456789',
  'p@ssw0rdp@ssw0rd',
  'i love you princess',
  'ｐａｓｓｗｏｒｄｐａｓｓｗｏｒｄ',
  '123456789987654321',
  'trustno1trustno1!',
]

for (const password of common) {
  test(`a common password is refused in any case, repeated, padded or joined with one other: ${password}`, async () => {
    assert.match((await judge(password)) ?? '', /common password/)
  })
}

const patterns: readonly string[] = [
  'aaaaaaaaaaaaaaa',
  'abcdefghijklmnop',
  'ponmlkjihgfedcba',
  'qwertyuiopasdfgh',
  'aaaabbbbccccdddd',
  'xyzxyzxyzxyzxyzxyz',
  'hunthunthunthunthunt',
  '😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀',
  '1111 2222 3333 4444',
]

for (const password of patterns) {
  test(`a row of repeated or neighbouring characters is refused: ${password}`, async () => {
    assert.notEqual(await judge(password), null)
  })
}

test('the digits in a row are refused', async () => assert.notEqual(await judge('123456789012345'), null))

const personal: readonly string[] = [
  'alice.wonder@example-shop.co.uk',
  'ALICE.WONDER@EXAMPLE-SHOP.CO.UK!!',
  'alicewonder2024!',
  'alice.wonder.1985',
  'wonderalice12345',
  'wonderalicewonderalice',
  'example-shop2024',
  'exampleshop-alice',
  'portcullis-1234567',
  'Portcullis Portcullis',
  'acmeportcullis!!',
  'wonderpassword99',
]

for (const password of personal) {
  test(`a password that is mainly the address, the username or a word of the application is refused: ${password}`, async () => {
    assert.match((await judge(password, about, { words: ['Portcullis', 'ACME'] })) ?? '', /too close|common password/)
  })
}

test('the same words are nobody else’s context', async () => {
  const other: PasswordContext = { email: 'bob@elsewhere.test', username: null, secondFactor: false }
  assert.equal(await judge('exampleshop-wonderalice', other), null)
  assert.equal(await judge('fortifiedgatehouse', other), null)
  assert.match((await judge('gatehousefortified', other, { words: ['fortified', 'gatehouse'] })) ?? '', /too close/)
})

test('AL-FST-B7 AL-QS-11 length counts code points after NFC, so that an emoji is one character', async () => {
  const emoji = '🦊🐙🌵🎻🧊🚲🍋🪁🦔🎈🧭🪨🐌🌙🧵'
  assert.equal(Array.from(emoji).length, 15)
  assert.equal(await judge(emoji), null)
  assert.match((await judge(Array.from(emoji).slice(1).join(''))) ?? '', /at least 15 characters/)
  const decomposed = 'zébré à côté'.normalize('NFD')
  assert.ok(Array.from(decomposed).length > 15)
  assert.match((await judge(decomposed)) ?? '', /at least 15 characters/)
})

test('AL-FST-B7 eight characters will do where a second factor is required, and both lengths can be set', async () => {
  assert.equal(await judge('vK7-qpzt', withSecondFactor), null)
  assert.match((await judge('vK7-qpz', withSecondFactor)) ?? '', /at least 8 characters/)
  assert.match((await judge('vK7-qpzt')) ?? '', /at least 15 characters/)
  assert.equal(await judge('vK7-qpztmw', about, { minimum: 10 }), null)
  assert.match((await judge('vK7-qpzt', withSecondFactor, { minimumWithSecondFactor: 12 })) ?? '', /at least 12 characters/)
})

test('AL-FST-B7 128 code points are accepted and 129 refused, unless configured otherwise', async () => {
  const long = Array.from({ length: 43 }, (_, index) => `z${String.fromCodePoint(0x4e00 + index * 7)}q`).join('')
  assert.equal(await judge(long.slice(0, 128)), null)
  assert.match((await judge(long)) ?? '', /at most 128 characters/)
  assert.equal(await judge(long, about, { maximum: 200 }), null)
})

test('AL-FST-B7 the accepted form is NFC, and AL-FST-B8 spaces around it are kept', async () => {
  const policy = createPasswordPolicy()
  const typed = '  crème brûlée für Zoë  '
  assert.equal(await policy.accept(typed.normalize('NFD'), about, 'password'), typed.normalize('NFC'))
})

test('nothing but white space is refused, and so is text that no encoding can carry', async () => {
  assert.match((await judge(' '.repeat(20))) ?? '', /more than spaces/)
  assert.match((await judge('\u3000\u00a0\u200b\t'.repeat(6))) ?? '', /more than spaces/)
  assert.notEqual(await judge('velvet \ud800 otters in Ghent'), null)
  assert.notEqual(await judge('velvet \0 otters in Ghent'), null)
})

test('AL-FST-B7 a check of the application refuses with its sentence, is asked last, and sees the NFC form and whom it is about', async () => {
  const seen: unknown[] = []
  const checks = [
    (password: string, context: PasswordContext) => {
      seen.push([password, context.email])
      return password.includes('otter') ? 'No otters, please.' : null
    },
    async () => 'Never this.',
  ]
  assert.equal(await judge('purple otter juggles', about, { checks }), 'No otters, please.')
  assert.equal(await judge('purple crême juggles'.normalize('NFD'), about, { checks }), 'Never this.')
  assert.match((await judge('short', about, { checks })) ?? '', /at least/)
  assert.deepEqual(seen, [
    ['purple otter juggles', about.email],
    ['purple crême juggles', about.email],
  ])
})

test('no refusal repeats the password', async () => {
  for (const password of [...common, ...patterns, ...personal]) {
    const sentence = (await judge(password, about, { words: ['Portcullis'] })) ?? ''
    assert.equal(sentence.toLowerCase().includes(password.toLowerCase()), false)
  }
})

test('every common password is refused repeated to length, however it is written', async () => {
  const word = fc.constantFrom(...commonPasswords())
  await fc.assert(
    fc.asyncProperty(word, fc.boolean(), fc.constantFrom('', '!', '1', '2024', '**'), async (password, upper, padding) => {
      const text = password.repeat(Math.ceil(15 / password.length)) + padding
      assert.notEqual(await judge(upper ? text.toUpperCase() : text), null)
    }),
    { seed, numRuns: 300 },
  )
})

test('every two common passwords joined are refused', async () => {
  const words = [...commonPasswords()].filter((word) => word.length >= 8)
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...words), fc.constantFrom(...words), async (a, b) => assert.notEqual(await judge(a + b), null)),
    { seed, numRuns: 300 },
  )
})

test('random letters of every length are accepted', async () => {
  const letters = fc.string({ unit: fc.constantFrom(...'abcdefghijkmnopqrstuvwxyz'), minLength: 20, maxLength: 128 })
  const varied = letters.filter((text) => new Set(text).size > 9)
  await fc.assert(
    fc.asyncProperty(varied, async (text) => assert.equal(await judge(text), null)),
    { seed, numRuns: 200 },
  )
})

test('THR-59: the longest texts are judged quickly, however they are made', async () => {
  const context: PasswordContext = { email: `${'a'.repeat(64)}@${'b'.repeat(180)}.test`, username: '1'.repeat(64), secondFactor: false }
  const policy = createPasswordPolicy({ maximum: 1024 })
  const texts = [
    'a'.repeat(1024),
    '1a'.repeat(512),
    'password'.repeat(128),
    '1234'.repeat(255),
    '\ufdfa'.repeat(1024),
    `${'1'.repeat(1023)}z`,
    `${'a'.repeat(511)}z${'a'.repeat(511)}`,
  ]
  for (const text of texts) {
    const before = process.cpuUsage()
    await policy.accept(text, context, 'password').catch(() => {})
    const { user } = process.cpuUsage(before)
    assert.ok(user < 150_000, `${text.slice(0, 8)}… took ${user} µs`)
  }
})

test('lengths that cannot be meant stop the start-up with a sentence', () => {
  assert.throws(() => createPasswordPolicy({ minimum: 7 }), /passwords\.minimum must be at least 8/)
  assert.throws(() => createPasswordPolicy({ minimumWithSecondFactor: 6 }), /minimumWithSecondFactor must be at least 8/)
  assert.throws(() => createPasswordPolicy({ minimum: 10, minimumWithSecondFactor: 12 }), /greater than passwords\.minimum/)
  assert.throws(() => createPasswordPolicy({ maximum: 63 }), /at least 64/)
  assert.throws(() => createPasswordPolicy({ maximum: 1025 }), /at most 1024/)
  assert.throws(() => createPasswordPolicy({ minimum: 100, maximum: 80 }), /greater than passwords\.maximum/)
  assert.throws(() => createPasswordPolicy({ minimum: 15.5 }), /whole number/)
  assert.throws(() => createPasswordPolicy({ minimum: Number.NaN }), /whole number/)
})

test('the shipped list holds at least 10,000 passwords in lower case, 3,000 of them of 8 characters (ASVS 6.2.4)', () => {
  const list = [...commonPasswords()]
  assert.ok(list.length >= 10_000)
  assert.ok(list.filter((word) => word.length >= 8).length >= 3000)
  assert.ok(list.every((word) => word === word.toLowerCase() && word.length >= 4 && word.length <= 24))
  for (const word of ['password', '123456', 'qwerty', 'iloveyou']) assert.ok(commonPasswords().has(word))
})
