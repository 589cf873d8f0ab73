/** CONTRACT 4.8, 4.9, 4.10: links, challenges and held logins are good once, for whom they were made, for as long as they were made. */
import assert from 'node:assert/strict'
import type { Auth, CreateAuthOptions, Feature } from '../../src/index.ts'
import { createAuth, password, registration, session, text } from '../../src/index.ts'
import type { Store } from '../../src/model/store.ts'
import type { TestBrowser } from '../../src/testing/browser.ts'
import { createClock } from '../../src/testing/clock.ts'
import { codeOf, origin, otherPhrase, phrase, registered, secret, serve } from '../flows/application.ts'
import { onEveryStore } from '../flows/stores.ts'
import { secondStep } from './second-step.ts'

/** Makes a link for the user and hands its token out; looks at one by GET; redeems one by POST. */
const linking: Feature = {
  name: 'linking',
  routes: [
    {
      name: 'links.make',
      path: '/links',
      access: 'session',
      on: {
        POST: async (ctx) => {
          const { record } = await ctx.subject()
          const wish = { purpose: ctx.query('purpose'), subject: record.user.id, seconds: 60, keep: 2, data: { for: 'you' } }
          const rotated = ctx.query('rotate') === '' ? record : { ...record, stamp: ctx.id() }
          const { token, change } = ctx.newLink({ ...wish, record: rotated, ...(ctx.query('undo') !== '' && { outlivesStamp: true }) })
          const rotation = { kind: 'users.update', id: record.user.id, set: { stamp: rotated.stamp } } as const
          await ctx.commit({ changes: [...(rotated === record ? [] : [rotation]), change] })
          return ctx.json({ token })
        },
      },
    },
    {
      name: 'links.redeem',
      path: '/links/redeem',
      access: 'anyone',
      on: {
        GET: async (ctx) => ctx.json({ data: (await ctx.link(ctx.query('purpose'), ctx.query('token'))).link.data }),
        POST: async (ctx) => {
          await ctx.commit({ changes: [(await ctx.link(ctx.query('purpose'), ctx.query('token'))).take] })
          return ctx.json({})
        },
      },
    },
  ],
}

/** A ceremony: begin seals a number, finish answers whether it was that number, spending first or after. */
const ceremony: Feature = {
  name: 'ceremony',
  routes: [
    {
      name: 'ceremony.begin',
      path: '/begin',
      access: 'anyone',
      on: {
        POST: async (ctx) => {
          const record = ctx.user && (await ctx.subject()).record
          return ctx.json({ id: await ctx.challenge('guess', 42, { seconds: 120, ...(record && { record }) }) })
        },
      },
    },
    {
      name: 'ceremony.finish',
      path: '/finish',
      access: 'anyone',
      on: {
        POST: async (ctx) => {
          const { id, guess, as } = await ctx.fields({ id: text(), guess: text({ optional: true }), as: text({ optional: true }) })
          const { data, spend } = await ctx.challenged(as || 'guess', id)
          if (guess !== '' && guess !== String(data)) return ctx.json({ right: false })
          await spend()
          return ctx.json({ right: true })
        },
      },
    },
  ],
}

const clock = createClock()

function installation(store: Store, options: Partial<CreateAuthOptions> = {}): Auth {
  const features = [session(), password(), registration(), linking, ceremony, secondStep()]
  return createAuth({ origin, secret, store, features, clock, passwords: { dangerouslyCheapHash: true }, ...options })
}

async function makeLink(browser: TestBrowser, query: string): Promise<string> {
  return String((await browser.post(`/auth/links?purpose=reset${query}`)).json.token)
}

async function look(browser: TestBrowser, token: string, purpose = 'reset'): Promise<number> {
  return (await browser.get(`/auth/links/redeem?purpose=${purpose}&token=${token}`)).status
}

onEveryStore('looking at a link spends nothing; of many that redeem it at once one does', async (store) => {
  const open = serve(installation(store))
  const token = await makeLink(await registered(open), '')
  assert.deepEqual([await look(open(), token), await look(open(), token)], [200, 200])
  const redeem = () => open().post(`/auth/links/redeem?purpose=reset&token=${token}`)
  const answers = await Promise.all(Array.from({ length: 8 }, redeem))
  assert.deepEqual(answers.map(({ status }) => status).sort(), [200, ...Array<number>(7).fill(400)])
  assert.equal(codeOf(await redeem()), 'link_invalid')
})

onEveryStore(
  'a link that is expired, foreign, mangled, of another purpose or pushed out by newer ones is one and the same 400',
  async (store) => {
    const open = serve(installation(store))
    const alice = await registered(open)
    const tokens: string[] = []
    for (let made = 0; made < 3; made++) {
      tokens.push(await makeLink(alice, ''))
      clock.advance(1)
    }
    const [first = '', second = ''] = tokens
    const texts = new Set<string>()
    for (const [token, purpose] of [
      [first, 'reset'],
      [second, 'confirm'],
      [`${second}A`, 'reset'],
      [`${second.startsWith('A') ? 'B' : 'A'}${second.slice(1)}`, 'reset'],
      ['', 'reset'],
    ] as const) {
      const answer = await open().get(`/auth/links/redeem?purpose=${purpose}&token=${token}`)
      assert.equal(answer.status, 400)
      texts.add(answer.text)
    }
    assert.equal(await look(open(), second), 200)
    clock.advance(60_000)
    texts.add((await open().get(`/auth/links/redeem?purpose=reset&token=${second}`)).text)
    assert.equal(texts.size, 1)
  },
)

onEveryStore(
  'a link dies with the stamp, unless it is there to undo what a thief did; one that the rotation mails lives',
  async (store) => {
    const open = serve(installation(store))
    const alice = await registered(open)
    const plain = await makeLink(alice, '')
    const undo = await makeLink(alice, '&undo=1')
    await alice.post('/auth/change-password', { password: phrase, newPassword: otherPhrase })
    assert.deepEqual([await look(open(), plain), await look(open(), undo)], [400, 200])
    const mailed = await makeLink(alice, '&rotate=1')
    assert.equal((await alice.get('/auth/session')).status, 401)
    assert.equal(await look(open(), mailed), 200)
  },
)

onEveryStore(
  'a link of a deactivated or deleted user opens nothing, unless it is to outlive what a thief does, and then it dies with the account',
  async (store) => {
    const auth = installation(store)
    const open = serve(auth)
    const alice = await registered(open)
    const [plain, token] = [await makeLink(alice, ''), await makeLink(alice, '&undo=1')]
    const user = await auth.admin.users.byEmail('alice@example.com')
    assert.ok(user)
    await store.durable.write([{ kind: 'users.update', id: user.id, set: { active: false } }])
    assert.deepEqual([await look(open(), plain), await look(open(), token)], [400, 200])
    await auth.admin.users.activate(user.id)
    assert.deepEqual([await look(open(), plain), await look(open(), token)], [200, 200])
    await auth.admin.users.delete(user.id)
    assert.equal(await look(open(), token), 400)
  },
)

async function begin(browser: TestBrowser): Promise<string> {
  return String((await browser.post('/auth/begin')).json.id)
}

onEveryStore(
  'AL-FP-18: a challenge is spent once, also by many at once and with a copy of the cookie; a wrong answer spends nothing',
  async (store) => {
    const open = serve(installation(store))
    const browser = open()
    const id = await begin(browser)
    assert.deepEqual((await browser.post('/auth/finish', { id, guess: '7' })).json, { ok: true, right: false })
    const answers = await Promise.all(Array.from({ length: 8 }, () => browser.copy().post('/auth/finish', { id, guess: '42' })))
    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, ...Array<number>(7).fill(400)])
    assert.equal(codeOf(await browser.post('/auth/finish', { id })), 'challenge_expired')
  },
)

onEveryStore('two tabs have a challenge each; the four newest are kept', async (store) => {
  const open = serve(installation(store))
  const browser = open()
  const ids: string[] = []
  for (let tab = 0; tab < 5; tab++) ids.push(await begin(browser))
  const statuses = await Promise.all(ids.map(async (id) => (await browser.copy().post('/auth/finish', { id })).status))
  assert.deepEqual(statuses, [400, 200, 200, 200, 200])
})

onEveryStore(
  'AL-FP-18: a challenge is of no use in another browser, another ceremony, after its time, or with a changed cookie',
  async (store) => {
    const open = serve(installation(store))
    const browser = open()
    const id = await begin(browser)
    const finish = async (by: TestBrowser, body = {}) => codeOf(await by.post('/auth/finish', { id, ...body }))
    const other = open()
    await begin(other)
    assert.equal(await finish(other), 'challenge_expired')
    assert.equal(await finish(browser, { as: 'other ceremony' }), 'challenge_expired')
    const tampered = browser.copy()
    const [[name = '', value = ''] = []] = [...tampered.cookies]
    tampered.cookies.set(name, `${value.slice(0, 40)}${value[40] === 'A' ? 'B' : 'A'}${value.slice(41)}`)
    assert.equal(await finish(tampered), 'challenge_expired')
    clock.advance(120_000)
    for (const body of [{}, { guess: '7' }]) assert.equal(await finish(browser, body), 'challenge_expired') // nothing is told of it either
  },
)

onEveryStore('a challenge of a user dies with the stamp', async (store) => {
  const open = serve(installation(store))
  const alice = await registered(open)
  const [kept, voided] = [await begin(alice), await begin(alice)]
  assert.equal((await alice.post('/auth/finish', { id: kept })).status, 200)
  await alice.post('/auth/change-password', { password: phrase, newPassword: otherPhrase })
  assert.equal(codeOf(await alice.post('/auth/finish', { id: voided })), 'challenge_expired')
})

onEveryStore('a fleeting store that was emptied voids every challenge and held login: nothing one-time is used twice', async (store) => {
  const before = serve(installation(store))
  await (await registered(before)).post('/auth/code/setup')
  const browser = before()
  const id = await begin(browser)
  await browser.post('/auth/login', { email: 'alice@example.com', password: phrase })
  const emptied: Store = { ...store, fleeting: { ...store.fleeting, epoch: () => 'another life' } }
  const after = installation(emptied)
  const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  const send = async (path: string, body: object) => {
    const headers = { cookie, accept: 'application/json', 'content-type': 'application/json' }
    const response = await after.handle(new Request(`${origin}${path}`, { method: 'POST', headers, body: JSON.stringify(body) }))
    return response?.status
  }
  assert.equal(await send('/auth/finish', { id }), 400)
  assert.equal(await send('/auth/code', { code: '123456' }), 401)
  assert.equal((await browser.post('/auth/code', { code: '123456' })).status, 200)
})

onEveryStore('of many that complete one held login at once one gets a session; the others get nothing', async (store) => {
  const auth = installation(store)
  const open = serve(auth)
  await (await registered(open)).post('/auth/code/setup')
  const browser = open()
  await browser.post('/auth/login', { email: 'alice@example.com', password: phrase })
  const user = await auth.admin.users.byEmail('alice@example.com')
  const before = (await auth.admin.users.sessions(user?.id ?? '')).length
  const copies = Array.from({ length: 5 }, () => browser.copy())
  const answers = await Promise.all(copies.map((copy) => copy.post('/auth/code', { code: '123456' })))
  assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 401, 401, 401, 401])
  assert.equal((await auth.admin.users.sessions(user?.id ?? '')).length, before + 1)
  const inside = await Promise.all(copies.map((copy) => copy.get('/auth/session')))
  assert.deepEqual(inside.map(({ status }) => status).sort(), [200, 401, 401, 401, 401])
})

onEveryStore('of many that re-authenticate one session at once one goes on; the token is never doubled', async (store) => {
  const open = serve(installation(store))
  const alice = await registered(open)
  const copies = Array.from({ length: 4 }, () => alice.copy())
  const answers = await Promise.all(copies.map((copy) => copy.post('/auth/verify', { password: phrase })))
  assert.equal(answers.filter(({ status }) => status === 200).length, 1)
  const inside = await Promise.all(copies.map((copy) => copy.get('/auth/session')))
  assert.equal(inside.filter(({ status }) => status === 200).length, 1)
})
