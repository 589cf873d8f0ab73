/** A storm of guesses over two processes on one file: what reaches the hash is counted, not what is answered. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { phrase } from '../flows/application.ts'
import type { Result } from './contender.ts'
import { type Order, type Servers, startServers } from './servers.ts'

const soak = process.env.PORTCULLIS_SOAK === '1'
const hour = 3_600_000
const day = 24 * hour
/** The documented limits: for one account from one network, and from everywhere. */
const [perSource, perAccount] = [5, 100]
/** Half of a storm, since both processes make it; and half of the one that is large in every run. */
const [half, largeHalf] = [soak ? 5000 : 250, 5000]

/** Two processes that trust nobody, and two behind one proxy. Each test has an account of its own. */
let direct: Servers
let proxied: Servers
before(async () => {
  ;[direct, proxied] = await Promise.all([startServers(), startServers(1)])
})
after(async () => {
  await direct.stop()
  await proxied.stop()
})

let addressesGiven = 0

/** So many addresses that nobody had before, each the network of a client of its own. */
function addresses(count: number): readonly string[] {
  const first = addressesGiven
  addressesGiven += count
  return Array.from(
    { length: count },
    (_, index) => `203.${(first + index) >> 16}.${((first + index) >> 8) & 255}.${(first + index) & 255}`,
  )
}

function wrong(email: string): { readonly kind: 'guess'; readonly emails: readonly string[]; readonly password: string } {
  return { kind: 'guess', emails: [email], password: 'a wrong guess' }
}

/** What a right password is answered, from a new address unless said otherwise. */
async function statusOfRight(servers: Servers, email: string, where: Partial<Order & { kind: 'guess' }> = {}): Promise<number> {
  const { statuses } = await servers.tell({ kind: 'guess', emails: [email], password: phrase, count: 1, claims: addresses(1), ...where })
  return Number(Object.keys(statuses)[0])
}

/** Makes the account. @returns The cookies of its owner's browser, a known device. */
async function register(servers: Servers, email: string): Promise<string> {
  const { statuses, cookie } = await servers.tell({ kind: 'register', email })
  assert.deepEqual(statuses, { 200: 1 })
  return cookie
}

/** What the guesses came to: so many hashed and wrong, all others refused unseen. */
function assertHashed({ statuses, hashes }: Result, expected: number, of: number): void {
  assert.deepEqual([hashes, statuses], [expected, { ...(expected > 0 && { 401: expected }), ...(expected < of && { 429: of - expected }) }])
}

test('of parallel guesses at one account that claim 1,000 addresses without a proxy, five are hashed, then one for each wait', async () => {
  const guess = { ...wrong('alice@example.com'), claims: addresses(1000) }
  await register(direct, 'alice@example.com')
  assertHashed(await direct.tellBoth({ ...guess, count: half }), perSource, 2 * half)
  assert.equal(await statusOfRight(direct, 'alice@example.com'), 429)
  for (const seconds of [30, 60, 120, 240, 480, 900, 900]) {
    direct.clock.advance(seconds * 1000 - 1)
    assertHashed(await direct.tellBoth({ ...guess, count: 20 }), 0, 40)
    direct.clock.advance(1)
    assertHashed(await direct.tellBoth({ ...guess, count: 20 }), 1, 40)
  }
  direct.clock.advance(900_000)
  assert.equal(await statusOfRight(direct, 'alice@example.com'), 200)
})

test('what a client writes in front of the proxy’s word is not believed: five are hashed behind a proxy too', async () => {
  const email = 'bob@example.com'
  await register(proxied, email)
  const [own = ''] = addresses(1)
  const claims = addresses(1000).map((claimed) => `${claimed}, ${own}`)
  assertHashed(await proxied.tellBoth({ ...wrong(email), claims, count: half }), perSource, 2 * half)
  assert.equal(await statusOfRight(proxied, email, { claims: [`203.9.9.9, ${own}`] }), 429)
  assert.equal(await statusOfRight(proxied, email, { claims: [`${own}, 203.9.9.9`] }), 200) // another client altogether
})

test('of 10,000 parallel guesses from 1,000 addresses at one account 100 are hashed, then none from anywhere; its owner gets in', async () => {
  const email = 'carol@example.com'
  const cookie = await register(proxied, email)
  assertHashed(await proxied.tellBoth({ ...wrong(email), claims: addresses(1000), count: largeHalf }), perAccount, 2 * largeHalf)
  for (const wait of [0, 900_000, day, 30 * day]) {
    proxied.clock.advance(wait)
    assertHashed(await proxied.tellBoth({ ...wrong(email), claims: addresses(1000), count: 100 }), 0, 200)
    assert.equal(await statusOfRight(proxied, email), 429)
  }
  assert.equal(await statusOfRight(proxied, email, { cookie }), 200)
  // That ended the row: strangers have as many again, and not one more.
  assertHashed(await proxied.tellBoth({ ...wrong(email), claims: addresses(1000), count: half }), perAccount, 2 * half)
})

test('an unknown account is counted in the same way', async () => {
  const guess = wrong('nobody@example.com')
  assertHashed(await proxied.tellBoth({ ...guess, claims: addresses(1), count: half }), perSource, 2 * half)
  assertHashed(await proxied.tellBoth({ ...guess, claims: addresses(1000), count: half }), perAccount - perSource, 2 * half)
})

test('one network that tries a thousand accounts gets a hundred hashes in an hour, and so does a /64 of IPv6', async () => {
  const emails = Array.from({ length: 1000 }, (_, index) => `sprayed${index}@example.com`)
  const [v6, other] = ['2001:db8:7:1', '2001:db8:7:2'].map((prefix) =>
    Array.from({ length: 1000 }, (_, index) => `${prefix}::${index.toString(16)}`),
  )
  for (const claims of [addresses(1), v6 ?? []]) {
    const guess = { kind: 'guess', emails, password: 'a wrong guess', claims, count: half } as const
    assertHashed(await proxied.tellBoth(guess), 100, 2 * half)
    proxied.clock.advance(hour - 1)
    assertHashed(await proxied.tellBoth({ ...guess, count: 50 }), 0, 100)
    proxied.clock.advance(1)
    assertHashed(await proxied.tellBoth({ ...guess, count: 50 }), 100, 100)
  }
  const one = { kind: 'guess', emails: ['v6@example.com'], password: 'a wrong guess', count: half } as const
  assertHashed(await proxied.tellBoth({ ...one, claims: other ?? [] }), perSource, 2 * half)
})

test('new processes on the same file remember every count', async () => {
  const email = 'dave@example.com'
  await register(proxied, email)
  await register(proxied, 'erik@example.com')
  const claims = addresses(1)
  assertHashed(await proxied.tell({ ...wrong(email), claims, count: 3 }), 3, 3)
  const [spent, untouched] = ['erik@example.com', 'nobody-at-all@example.com']
  for (const each of [spent, untouched])
    assertHashed(await proxied.tellBoth({ ...wrong(each), claims: addresses(1000), count: half }), perAccount, 2 * half)
  await proxied.restart()
  assertHashed(await proxied.tellBoth({ ...wrong(email), claims, count: half }), perSource - 3, 2 * half)
  assert.equal(await statusOfRight(proxied, email, { claims }), 429)
  for (const each of [spent, untouched]) assertHashed(await proxied.tellBoth({ ...wrong(each), claims: addresses(100), count: 50 }), 0, 100)
})

test('an operator’s unlock in one process counts in both', async () => {
  const email = 'erin@example.com'
  await register(proxied, email)
  const claims = addresses(100)
  for (let time = 0; time < 3; time++) await proxied.tellBoth({ ...wrong(email), claims, count: 200 })
  assert.equal(await statusOfRight(proxied, email), 429)
  await proxied.tell({ kind: 'unlock', email })
  for (const from of [claims.slice(0, 1), addresses(1)])
    assert.deepEqual((await proxied.tellBoth({ kind: 'guess', emails: [email], password: phrase, count: 1, claims: from })).statuses, {
      200: 2,
    })
})

test('a stolen device cookie buys five guesses and one for each wait; all devices of an account together a hundred in a row', async () => {
  const email = 'frank@example.com'
  const phone = await register(proxied, email)
  const { cookie: tablet } = await proxied.tell({ kind: 'guess', emails: [email], password: phrase, count: 1, claims: addresses(1) })
  const guess = { ...wrong(email), claims: addresses(1000) }
  const spendStrangers = async () => assertHashed(await proxied.tellBoth({ ...guess, count: 200 }), perAccount, 400)
  await spendStrangers()
  for (const cookie of [phone, tablet]) assertHashed(await proxied.tellBoth({ ...guess, cookie, count: half }), perSource, 2 * half)
  proxied.clock.advance(900_000)
  assert.equal(await statusOfRight(proxied, email, { cookie: phone }), 200) // ends both rows, and the waits of this device
  await spendStrangers()
  let hashed = 0
  for (let tried = 0; tried < 60; tried++) {
    proxied.clock.advance(tried % 2 === 0 ? 900_000 : day)
    for (const cookie of [phone, tablet]) hashed += (await proxied.tellBoth({ ...guess, cookie, count: 8 })).hashes
  }
  assert.equal(hashed, perAccount)
  // Then its owner is a stranger like any other, until an operator helps.
  assert.equal(await statusOfRight(proxied, email, { cookie: phone }), 429)
  await proxied.tell({ kind: 'unlock', email })
  assert.equal(await statusOfRight(proxied, email, { cookie: phone }), 200)
})

test('a device cookie of somebody else buys nothing, and neither does a changed one', async () => {
  const email = 'grace@example.com'
  const owner = await register(proxied, email)
  const others = await register(proxied, 'heidi@example.com')
  assert.match(others, /portcullis-device-3000=/)
  assertHashed(await proxied.tellBoth({ ...wrong(email), claims: addresses(1000), count: 200 }), perAccount, 400)
  for (const cookie of [others, owner.replace(/(device-3000=.{40})./, '$1_'), owner.replace(/device-3000=[^;]+/, 'device-3000=')])
    assertHashed(await proxied.tellBoth({ ...wrong(email), claims: addresses(100), count: 50, cookie }), 0, 100)
})

/** Each list is one account: `#` stands for what makes it another one. */
const spellings: Readonly<Record<string, readonly string[]>> = {
  'case, spaces and normal forms': ['#ë@ex.com', '#Ë@EX.COM', ' #ë@ex.com ', '\t#ë@Ex.com\n', '#e\u0308@ex.com', '#E\u0308@Ex.com'],
  'letters and punycode': [
    '#@bücher.com',
    '#@xn--bcher-kva.com',
    '#@BÜCHER.com',
    '#@bu\u0308cher.COM',
    '#@XN--BCHER-KVA.com',
    '#@bücher。com',
  ],
}

for (const [what, patterns] of Object.entries(spellings)) {
  for (const account of ['known', 'unknown']) {
    test(`${what}: all spellings of ${account === 'known' ? 'a known' : 'an unknown'} account share one budget`, async () => {
      const emails = patterns.map((pattern) => pattern.replace('#', account))
      if (account === 'known') await register(proxied, emails[0] ?? '')
      const guess = { kind: 'guess', emails, password: 'a wrong guess', count: 300 } as const
      assertHashed(await proxied.tellBoth({ ...guess, claims: addresses(1) }), perSource, 600)
      assertHashed(await proxied.tellBoth({ ...guess, claims: addresses(1000) }), perAccount - perSource, 600)
      for (const spelling of emails) assert.equal(await statusOfRight(proxied, spelling), 429)
    })
  }
}
