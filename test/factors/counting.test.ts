/** CONTRACT 4.5: what counts as two factors. A proof is worth what its kind says, and two of one channel are one. */
import assert from 'node:assert/strict'
import type { Feature } from '../../src/index.ts'
import type { TestBrowser, TestReply } from '../../src/testing/browser.ts'
import { secondStep } from '../contract/second-step.ts'
import { codeOf, memberOf, phrase, registered } from '../flows/application.ts'
import { enrol } from '../flows/phone.ts'
import { onEveryStore } from '../flows/stores.ts'
import { createSite, everyFeature, mailed, type Site } from './site.ts'

const email = 'alice@example.com'

async function proofsOf(browser: TestBrowser): Promise<readonly string[]> {
  const proofs = memberOf((await browser.get('/auth/session')).json.session, 'proofs')
  return Array.isArray(proofs) ? proofs.map((proof) => `${String(memberOf(proof, 'method'))} as ${String(memberOf(proof, 'as'))}`) : []
}

/** What each login is worth that is completed from now on. */
async function worthOf({ auth }: Site): Promise<() => Promise<readonly number[]>> {
  await auth.settled()
  const told: number[] = []
  auth.on('user.logged_in', ({ factors }) => void told.push(factors))
  return async () => {
    await auth.settled()
    return told.splice(0)
  }
}

function login({ open }: Site, browser: TestBrowser = open()): Promise<TestReply> {
  return browser.post('/auth/login', { email, password: phrase })
}

/** A second step of the channel that magic links have. */
const byMail = secondStep({ method: 'mailed', channel: 'mail' })

/** A browser in which a magic link was opened, or its code typed, which is not all that is asked for. */
async function redeem(site: Site, by: 'token' | 'code'): Promise<TestBrowser> {
  const browser = site.open()
  await browser.post('/auth/magic-link', { email })
  const { token, code } = await mailed(site, 'magic_link.link', email)
  const reply = await browser.post('/auth/magic-link/redeem', by === 'token' ? { token } : { email, code })
  assert.equal(reply.json.status, 'second_factor_required', reply.text)
  return browser
}

onEveryStore('CONTRACT 4.5: a recovery code after a password is two factors, and good for what wants a second one', async (store) => {
  const site = createSite(store)
  const { codes } = await enrol(await registered(site.open, email), site.clock)
  const worth = await worthOf(site)
  const browser = site.open()
  assert.deepEqual((await login(site, browser)).json.methods, ['totp', 'recovery_code'])
  assert.equal((await browser.post('/auth/recovery-codes/use', { code: codes[0] ?? '' })).json.status, 'authenticated')
  assert.deepEqual([await proofsOf(browser), await worth()], [['password as first', 'recovery_code as second'], [2]])
  assert.equal((await browser.get('/vault')).status, 200)
})

onEveryStore(
  'CONTRACT 4.5: a trusted browser is one factor; what can be a second one makes it two, and nothing else does',
  async (store) => {
    const site = createSite(store)
    const { phone, codes } = await enrol(await registered(site.open, email), site.clock)
    const browser = site.open()
    await login(site, browser)
    await browser.post('/auth/totp/verify', { code: phone.next(), trustDevice: true })
    const worth = await worthOf(site)
    assert.equal((await login(site, browser)).json.status, 'authenticated')
    assert.deepEqual([await proofsOf(browser), await worth()], [['password as first'], [1]])
    const refused = await browser.get('/vault')
    assert.deepEqual([codeOf(refused), memberOf(refused.json.error, 'methods')], ['reauthentication_required', ['totp', 'recovery_code']])
    assert.equal(codeOf(await browser.post('/auth/verify', { password: phrase })), 'invalid_fields') // the first factor again is none beside it
    assert.equal((await browser.get('/vault')).status, 401)
    for (const second of [{ code: phone.next() }, { recoveryCode: codes[0] ?? '' }]) {
      await login(site, browser)
      assert.equal((await browser.get('/vault')).status, 401)
      assert.equal((await browser.post('/auth/verify', second)).status, 200)
      assert.equal((await browser.get('/vault')).status, 200)
    }
  },
)

onEveryStore(
  'CONTRACT 4.5: a mailed link or code and a second step by mail are one channel, so another one is asked for',
  async (store) => {
    const site = createSite(store, { others: [byMail] })
    const { auth, open, clock } = site
    await auth.admin.users.create({ email, password: phrase })
    const alice = open()
    await login(site, alice)
    assert.equal((await alice.post('/auth/mailed/setup')).status, 200)
    for (const by of ['token', 'code'] as const) {
      const browser = await redeem(site, by)
      assert.deepEqual((await browser.get('/auth/second-factor')).json.methods, [])
      const again = await browser.post('/auth/mailed', { code: '123456' })
      assert.deepEqual([again.json.status, again.json.methods], ['second_factor_required', []])
      assert.equal((await browser.get('/members')).status, 401)
    }
    const { phone } = await enrol(alice, clock)
    for (const by of ['token', 'code'] as const) {
      const browser = await redeem(site, by)
      assert.deepEqual((await browser.get('/auth/second-factor')).json.methods, ['totp', 'recovery_code'])
      assert.equal((await browser.post('/auth/mailed', { code: '123456' })).json.status, 'second_factor_required')
      assert.equal((await browser.post('/auth/totp/verify', { code: phone.next() })).json.status, 'authenticated')
      assert.equal((await browser.get('/vault')).status, 200)
    }
    const other = open()
    await login(site, other)
    assert.equal((await other.post('/auth/mailed', { code: '123456' })).json.status, 'authenticated') // after a password it is a second one
  },
)

onEveryStore(
  'CONTRACT 4.5: a login that was excused after two proofs of one channel is one of one factor, and trusts no browser',
  async (store) => {
    const excusing: Feature = { name: 'excusing', excuse: async (ctx) => ctx.cookie('excused') === 'yes' }
    const site = createSite(store, { others: [byMail, excusing] })
    const { auth, open } = site
    const { id } = await auth.admin.users.create({ email, password: phrase })
    const alice = open()
    await login(site, alice)
    await alice.post('/auth/mailed/setup')
    const worth = await worthOf(site)
    const browser = await redeem(site, 'token')
    browser.cookies.set('portcullis-feature-excused-3000', 'yes')
    const reply = await browser.post('/auth/mailed', { code: '123456', trustDevice: true })
    assert.equal(reply.json.status, 'authenticated', reply.text)
    assert.deepEqual(await worth(), [1])
    assert.equal(codeOf(await browser.get('/vault')), 'forbidden') // and there is nothing that would make it two
    assert.deepEqual(await auth.admin.users.devices(id, 'trust'), [])
  },
)

/** Says that something was proven, in whatever role. */
const careless: Feature = {
  name: 'careless',
  routes: [
    {
      name: 'careless',
      path: '/careless',
      access: 'anyone',
      login: true,
      on: {
        POST: async (ctx) => {
          const proven = { method: ctx.query('method') }
          if (ctx.query('role') !== 'first') return ctx.prove(proven)
          const { record } = await ctx.identify(email)
          return record ? ctx.login(record, proven) : ctx.json({})
        },
      },
    },
  ],
}

onEveryStore('CONTRACT 4.5: the door refuses each proof in each role that its kind lacks, whatever a feature says', async (store) => {
  const reports: string[] = []
  const report = (error: unknown): void => void reports.push(String(error))
  const site = createSite(store, { accounts: 'confirmed and logged in', others: [careless], report })
  const { auth, open, clock } = site
  await auth.admin.users.create({ email, password: phrase })
  const alice = open()
  await login(site, alice)
  await enrol(alice, clock)
  const kinds = everyFeature('confirmed').flatMap((feature) => feature.proofs ?? [])
  assert.ok(kinds.length > 5)
  for (const { method, as } of kinds) {
    for (const role of ['first', 'second', 'again'] as const) {
      const browser = open()
      if (role !== 'first') await browser.post(`/own?email=${email}&factors=${role === 'second' ? 1 : 2}`)
      const [before, ticket] = ['session', 'ticket'].map((name) => browser.cookies.get(`portcullis-${name}-3000`))
      const reply = await browser.post(`/auth/careless?method=${method}&role=${role}`)
      const fits = as.some((one) => one === role || (role === 'second' && one === 'backup') || (role === 'again' && one === 'second'))
      const said = fits ? [] : [`Error: A proof by "${method}" may not be used as ${role}.`]
      assert.deepEqual([reports.splice(0), codeOf(reply) === 'internal_error'], [said, !fits], `${method} as ${role}`)
      if (fits) continue
      assert.deepEqual([browser.cookies.get('portcullis-session-3000'), browser.cookies.get('portcullis-ticket-3000')], [before, ticket])
      assert.equal((await browser.get('/members')).status, role === 'again' ? 200 : 401)
    }
  }
})

onEveryStore('where a fresh second factor is wanted, an old one beside a new password is not enough', async (store) => {
  const site = createSite(store)
  const { phone } = await enrol(await registered(site.open, email), site.clock)
  const browser = site.open()
  await login(site, browser)
  assert.equal((await browser.post('/auth/totp/verify', { code: phone.next() })).json.status, 'authenticated')
  assert.equal((await browser.get('/vault')).status, 200)
  site.clock.advance(11 * 60_000)
  assert.equal((await browser.post('/auth/verify', { password: phrase })).status, 200)
  const refused = await browser.get('/vault')
  assert.deepEqual([codeOf(refused), memberOf(refused.json.error, 'methods')], ['reauthentication_required', ['totp', 'recovery_code']])
  assert.equal((await browser.post('/auth/verify', { code: phone.next() })).status, 200)
  assert.equal((await browser.get('/vault')).status, 200)
})
