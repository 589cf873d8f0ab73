/** Codes of second factors: good once, and in their time. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import type { Store } from '../../src/model/store.ts'
import { fromBase32 } from '../../src/protocols/totp.ts'
import { memory } from '../../src/stores/memory.ts'
import type { TestBrowser } from '../../src/testing/browser.ts'
import { registered } from '../flows/application.ts'
import { owing, type Site } from '../flows/factors.ts'
import { enrol } from '../flows/phone.ts'
import { onEveryStore } from '../flows/stores.ts'
import { aroundStore } from '../same-work/around-store.ts'
import { factorMember, factorSite, typedCode, typedRecoveryCode } from './factor-site.ts'

const step = 30_000

onEveryStore(
  'THR-84 THR-87: a code is good once: not in its step again nor in the next one, neither for a login nor for re-authentication',
  async (store) => {
    const site = factorSite(store)
    const { browser: alice, phone } = await factorMember(site)
    const verified = async (code: string): Promise<number> => (await alice.post('/auth/verify', { code })).status
    const setupCode = phone.code()
    assert.deepEqual([await typedCode(await owing(site), setupCode), await verified(setupCode)], [401, 401])

    const code = phone.next()
    assert.equal(await typedCode(await owing(site), setupCode), 401)
    assert.equal(await typedCode(await owing(site), code), 200)
    for (const wait of [0, step - 1, 1, step - 1]) {
      site.clock.advance(wait)
      assert.deepEqual([await typedCode(await owing(site), code), await verified(code)], [401, 401], `after ${wait} ms more`)
    }

    const other = phone.next() // and the other way round
    assert.equal(await verified(other), 200)
    assert.equal(await typedCode(await owing(site), other), 401)
  },
)

onEveryStore(
  'THR-87: a code of an earlier step is refused once a later one was used, though the clock is still within its time',
  async (store) => {
    const site = factorSite(store)
    const { phone } = await factorMember(site)
    site.clock.advance(10 * step)
    assert.equal(await typedCode(await owing(site), phone.code(1)), 200) // a phone whose clock is ahead
    for (const steps of [-1, 0, 1]) assert.equal(await typedCode(await owing(site), phone.code(steps)), 401, String(steps))
    site.clock.advance(step)
    for (const steps of [-1, 0]) assert.equal(await typedCode(await owing(site), phone.code(steps)), 401, String(steps))
    assert.equal(await typedCode(await owing(site), phone.code(1)), 200)
  },
)

for (const [algorithm, bytes] of [
  ['SHA-1', 20],
  ['SHA-256', 32],
  ['SHA-512', 64],
] as const) {
  test(`THR-85: the secret in the URI has the ${bytes * 8} bits of ${algorithm}, and every attempt has its own`, async () => {
    const site = factorSite(memory(), { authenticators: { algorithm } })
    const alice = await registered(site.open)
    const secrets = new Set<string>()
    for (let attempt = 0; attempt < 8; attempt++) {
      const { json } = await alice.post('/auth/totp/setup')
      const secret = new URL(String(json.uri)).searchParams.get('secret') ?? ''
      assert.deepEqual([secret, fromBase32(secret)?.byteLength], [json.secret, bytes])
      secrets.add(secret)
    }
    assert.equal(secrets.size, 8)
    const { phone } = await enrol(alice, site.clock, { algorithm })
    assert.equal(secrets.has(phone.secret), false)
    assert.equal(await typedCode(await owing(site), phone.next()), 200)
  })
}

onEveryStore('THR-86: a code is good in its own step and the two beside it, to the millisecond, and in no other', async (store) => {
  const site = factorSite(store)
  const { phone } = await factorMember(site)
  for (const [steps, status] of [
    [-3, 401],
    [-2, 401],
    [2, 401],
    [3, 401],
    [-1, 200],
    [0, 200],
    [1, 200],
  ] as const) {
    site.clock.advance(10 * step)
    assert.equal(await typedCode(await owing(site), phone.code(steps)), status, `${steps} steps from now`)
  }
  site.clock.advance(10 * step)
  for (const [wait, status] of [
    [2 * step, 401],
    [2 * step - 1, 200],
  ] as const) {
    const code = phone.code()
    site.clock.advance(wait)
    assert.equal(await typedCode(await owing(site), code), status, `after ${wait} ms`)
    site.clock.advance(10 * step - wait)
  }
})

/** A store whose answers about codes come late, so that whoever asks at the same time gets the same one. */
function late(store: Store): Store {
  return aroundStore(store, (method, _args, go) => (/^reads\.(totp|recoveryCodes)\./.test(method) ? delayed(go) : go()))
}

async function delayed(go: () => unknown): Promise<unknown> {
  const answer = await go()
  await pause(20)
  return answer
}

/** How many get in who type something 50 times at once, at so many held logins; each got a session, and nobody else. */
async function winners(
  site: Site,
  id: string,
  logins: number,
  type: (browser: TestBrowser, at: number) => Promise<number>,
): Promise<number> {
  const before = (await site.auth.admin.users.sessions(id)).length
  const browsers = await Promise.all(Array.from({ length: logins }, () => owing(site)))
  const statuses = await Promise.all(
    browsers.flatMap((browser) => Array.from({ length: 50 / logins }, (_, at) => type(browser.copy(), at))),
  )
  assert.ok(statuses.length === 50 && statuses.every((status) => status === 200 || status === 401), statuses.join())
  const won = statuses.filter((status) => status === 200).length
  assert.equal((await site.auth.admin.users.sessions(id)).length, before + won)
  return won
}

onEveryStore('THR-88: of 50 uses of one recovery code at once, in any spelling, by one login and by five, one gets in', async (store) => {
  const site = factorSite(late(store))
  const { id, codes } = await factorMember(site)
  const [code = '', next = ''] = codes
  const spellings = [code, code.toLowerCase(), code.replaceAll('-', ''), ` ${code.replaceAll('-', ' ')} `, code.replaceAll('-', ' – ')]
  assert.equal(await winners(site, id, 1, (browser) => typedRecoveryCode(browser, next)), 1)
  assert.equal(await winners(site, id, 5, (browser, at) => typedRecoveryCode(browser, spellings[at % spellings.length] ?? '')), 1)
  assert.equal((await store.reads.recoveryCodes.listOf(id)).length, 8)
})

onEveryStore('THR-84: of 50 uses of one code of an authenticator at once, by one login and by five, one gets in', async (store) => {
  const site = factorSite(late(store))
  const { id, phone } = await factorMember(site)
  for (const logins of [1, 5]) {
    const code = phone.next()
    assert.equal(await winners(site, id, logins, (browser) => typedCode(browser, code)), 1)
  }
})

onEveryStore('THR-95: a code that was used stays used when the clock is set back, and so do all before it', async (store) => {
  const site = factorSite(store)
  const { phone } = await factorMember(site)
  site.clock.advance(20 * step)
  const used = site.clock()
  assert.equal(await typedCode(await owing(site), phone.code()), 200)
  for (const back of [1, step, 2 * step, 10 * step]) {
    site.clock.set(used - back)
    for (const steps of [-1, 0, 1]) assert.equal(await typedCode(await owing(site), phone.code(steps)), 401, `${back} ms back, ${steps}`)
  }
  site.clock.set(used + step)
  assert.equal(await typedCode(await owing(site), phone.code()), 200)
  await site.auth.settled() // mails go out before the store is closed
})
