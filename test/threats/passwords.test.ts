/** Passwords that cost too much, that are cut, or that another way in does not ask for. */
import assert from 'node:assert/strict'
import { inspect } from 'node:util'
import type { TestReply } from '../../src/testing/browser.ts'
import { secondStep } from '../contract/second-step.ts'
import { codeOf, memberOf, origin, otherPhrase, phrase, registered, serve } from '../flows/application.ts'
import { onEveryStore } from '../flows/stores.ts'
import { account, installation, watched } from './setting.ts'

/** Processor time of a request in seconds, the least of some, and its last answer. */
async function costOf(send: () => Promise<TestReply>): Promise<{ readonly cost: number; readonly reply: TestReply }> {
  let reply = await send()
  let cost = Infinity
  for (let round = 0; round < 4; round++) {
    const before = process.cpuUsage()
    reply = await send()
    const { user, system } = process.cpuUsage(before)
    cost = Math.min(cost, (user + system) / 1e6)
  }
  return { cost, reply }
}

onEveryStore('THR-58: a password that is far too long is refused before anything is hashed', async (store) => {
  const costly = { name: 'argon2id', memoryKiB: 19_456, passes: 16, parallelism: 1 } as const // next to it, reading a body is nothing
  const open = serve(installation(store, { passwords: { scheme: costly } }))
  const alice = await registered(open)
  const usual = await costOf(() => open().post('/auth/login', account))
  assert.equal(usual.reply.status, 200)
  for (const [length, status] of [
    [1025, 400],
    [30_000, 400],
    [1 << 20, 413],
  ] as const) {
    const password = 'a'.repeat(length)
    for (const send of [
      () => open().post('/auth/login', { ...account, password }),
      () => open().submit('/auth/login', { ...account, password }),
      () => open().post('/auth/register', { email: 'new@example.com', password }),
      () => alice.post('/auth/verify', { password }),
      () => alice.post('/auth/change-password', { password, newPassword: password }),
    ]) {
      let least = Number.POSITIVE_INFINITY // garbage that is collected meanwhile is no hash
      for (let tries = 0; tries < 5 && least >= usual.cost * 0.6; tries++) {
        const { cost, reply } = await costOf(send)
        assert.equal(reply.status, status)
        least = Math.min(least, cost)
      }
      assert.ok(least < usual.cost * 0.6, `${length} characters took ${least} s, a login ${usual.cost} s`)
    }
  }
})

for (const scheme of ['argon2id', 'scrypt', 'pbkdf2-sha512', 'bcrypt'] as const) {
  onEveryStore(`THR-60 THR-61: ${scheme} keeps every character of a password, or the password is refused`, async (store) => {
    const open = serve(installation(store, { passwords: { dangerouslyCheapHash: true, scheme } }))
    const words = 'purple otter juggles lamps, seven quiet harbours at dusk, winter tea pots' // 73 bytes
    assert.equal(Buffer.byteLength(words), 73)
    const login = async (password: string): Promise<number> => (await open().post('/auth/login', { ...account, password })).status
    const kept = await open().post('/auth/register', { ...account, password: words })
    if (scheme === 'bcrypt') {
      assert.equal(kept.status, 400)
      await registered(open, account.email, words.slice(0, 72))
      assert.deepEqual([await login(words), await login(words.slice(0, 72))], [401, 200])
    } else {
      assert.equal(kept.status, 200)
      for (const near of [words.slice(0, 72), `${words.slice(0, 72)}S`, `${words}s`]) assert.equal(await login(near), 401, near)
      assert.equal(await login(words), 200)
    }
    for (const cut of ['purpl\0 otter juggles', `${words.slice(0, 72)}\0`]) {
      assert.equal((await open().post('/auth/register', { email: 'new@example.com', password: cut })).status, 400)
      assert.equal(await login(cut), 400)
    }
    const long = `${words}${'x y'.repeat(18)}`.slice(0, 128) // more than 127 bytes, and 256 below
    for (const password of [long, long.repeat(2), long + long.slice(0, 5)]) assert.ok([400, 401].includes(await login(password)))
  })
}

onEveryStore('THR-62: however long the address, the whole password counts', async (store) => {
  const email = `${'long.'.repeat(12)}name@${'a'.repeat(50)}.${'b'.repeat(50)}.${'c'.repeat(50)}.example`
  assert.ok(email.length > 200)
  for (const scheme of ['argon2id', 'bcrypt'] as const) {
    const open = serve(installation(store, { passwords: { dangerouslyCheapHash: true, scheme } }))
    const address = `${scheme}.${email}`
    await registered(open, address)
    for (const password of [`${phrase}x`, phrase.slice(0, -1), otherPhrase, 'x'])
      assert.equal((await open().post('/auth/login', { email: address, password })).status, 401)
    assert.equal((await open().post('/auth/login', { email: address, password: phrase })).status, 200)
  }
})

onEveryStore(
  'THR-65: between the two steps of a login the password is kept nowhere: not in the store, an event or a cookie',
  async (store) => {
    const kept: string[] = []
    const auth = installation(
      watched(store, (call) => void kept.push(inspect(call, { depth: 12 }))),
      { report: (error, about) => void kept.push(inspect(error), about) },
      secondStep(),
    )
    for (const name of ['user.factor_owed', 'user.authentication_failed', 'user.logged_in'] as const)
      auth.on(name, (event) => void kept.push(inspect(event)))
    const open = serve(auth)
    await (await registered(open)).post('/auth/code/setup')
    const browser = open()
    await browser.post('/auth/login', { ...account, password: otherPhrase })
    const step = await browser.post('/auth/login', account)
    assert.equal(step.json.status, 'second_factor_required')
    kept.push(
      step.text,
      ...browser.cookies.values(),
      ...[...browser.cookies.values()].map((value) => Buffer.from(value, 'base64url').toString()),
    )
    await browser.post('/auth/code', { code: '123456' })
    await auth.settled()
    const all = kept.join('\n')
    assert.match(all, /tickets\.put/)
    for (const secret of [phrase, otherPhrase, Buffer.from(phrase).toString('base64url'), encodeURIComponent(phrase)])
      assert.equal(all.includes(secret), false)
  },
)

onEveryStore('THR-66: where there is a password, no form of leaving the current one out sets another', async (store) => {
  const open = serve(installation(store))
  const alice = await registered(open)
  const tries = [
    {},
    { password: '' },
    { password: null },
    { password: [] },
    { password: false },
    { password: {} },
    { hasPassword: false },
    { currentPassword: phrase },
    { password: [phrase] },
  ]
  for (const fields of tries) {
    const reply = await alice.post('/auth/change-password', { ...fields, newPassword: otherPhrase })
    assert.deepEqual([reply.status, codeOf(reply)], [400, 'invalid_fields'], JSON.stringify(fields))
  }
  assert.equal((await alice.submit('/auth/change-password', { newPassword: otherPhrase })).status, 400)
  assert.equal((await alice.submit('/auth/change-password?password=x', { newPassword: otherPhrase })).status, 400)
  const own = await alice.get('/auth/session')
  assert.equal(memberOf(own.json.user, 'email'), account.email)
  assert.equal((await open().post('/auth/login', { ...account, password: otherPhrase })).status, 401)
  assert.equal((await open().post('/auth/login', account, { headers: { origin } })).status, 200)
})
