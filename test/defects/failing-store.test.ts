/** A database fails: whichever of its calls it is, nobody gets in by it, and nothing is promised that was not done. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createAuth, password, registration, session } from '../../src/index.ts'
import type { Rule } from '../../src/kernel/guard.ts'
import { memory } from '../../src/stores/memory.ts'
import type { TestBrowser, TestReply } from '../../src/testing/browser.ts'
import { secondStep } from '../contract/second-step.ts'
import { origin, otherPhrase, phrase, secret, serve } from '../flows/application.ts'
import { aroundStore } from '../same-work/around-store.ts'

const email = 'alice@example.com'

/** What may fail without changing the answer: the request was right, and these are notes on it. */
const notes = ['sessions.touch', 'attempts.refund']

async function installation() {
  let failing: { readonly at: number; seen: number; failed: string | null } | null = null
  const store = aroundStore(memory(), (method, _args, go) => {
    if (failing && failing.seen++ === failing.at) {
      failing.failed = method
      throw new Error('The disk is gone.')
    }
    return go()
  })
  const features = [session(), password(), registration(), secondStep({ cheap: true })]
  const auth = createAuth({ origin, secret, store, features, passwords: { dangerouslyCheapHash: true }, report: () => {} })
  await auth.admin.roles.put({ name: 'editor', permissions: ['write'] })
  const rules: Readonly<Record<string, Rule>> = {
    '/members': {},
    '/editors': { roles: ['editor'] },
    '/writers': { permissions: ['write'] },
    '/proven': { secondFactor: true, fresh: true },
  }
  return {
    auth,
    rules,
    browse: serve(auth, rules),
    /** Makes a request again and again; of its calls to the store the first fails, then the second, until none did. */
    failEach: async (ask: () => Promise<TestReply>, judge: (reply: TestReply, failed: string) => void): Promise<readonly string[]> => {
      const failed: string[] = []
      for (let at = 0; ; at++) {
        failing = { at, seen: 0, failed: null }
        const reply = await ask()
        const method = failing.failed
        failing = null
        if (method === null) return failed
        failed.push(method)
        judge(reply, method)
      }
    },
  }
}

function assertClosed({ status }: TestReply, failed: string): void {
  if (!notes.includes(failed)) assert.ok(status >= 500, `${failed} failed and the answer was ${status}`)
}

function opensSession(reply: TestReply): boolean {
  return reply.headers.getSetCookie().some((line) => /session-3000=[^;]/.test(line))
}

test('a guard that cannot ask the store lets nobody in: no session, role, permission or factor is taken on trust', async () => {
  const { browse, rules, failEach, auth } = await installation()
  const [nobody, alice, bob] = [browse(), browse(), browse()]
  await alice.post('/auth/register', { email, password: phrase })
  await alice.post('/auth/code/setup')
  await auth.admin.users.addRole((await auth.admin.users.byEmail(email))?.id ?? '', 'editor')
  await bob.post('/auth/register', { email: 'bob@example.com', password: phrase })
  for (const path of Object.keys(rules)) {
    assert.equal((await alice.get(path)).status, 200, path)
    for (const browser of [alice, bob]) assert.ok((await failEach(() => browser.get(path), assertClosed)).length > 0)
    assert.equal((await nobody.get(path)).status, 401)
  }
})

test('a login whose store fails anywhere opens no session, as a page and as JSON, right password or wrong', async () => {
  const { browse, failEach } = await installation()
  await browse().post('/auth/register', { email, password: phrase })
  const asks: readonly ((browser: TestBrowser, typed: string) => Promise<TestReply>)[] = [
    (browser, typed) => browser.post('/auth/login', { email, password: typed }),
    (browser, typed) => browser.submit('/auth/login', { email, password: typed }),
  ]
  for (const ask of asks)
    for (const typed of [phrase, 'wrong']) {
      const failed = await failEach(
        () => ask(browse(), typed),
        (reply, method) => {
          assertClosed(reply, method)
          if (!notes.includes(method)) assert.equal(opensSession(reply), false, method)
        },
      )
      assert.ok(failed.includes('attempts.add'), failed.join())
    }
})

test('a guess that cannot be counted is not judged: a right one fails like a wrong one', async () => {
  const { browse, failEach } = await installation()
  const alice = browse()
  await alice.post('/auth/register', { email, password: phrase })
  await alice.post('/auth/code/setup')
  for (const typed of ['123456', '000000']) {
    const held = browse()
    await held.post('/auth/login', { email, password: phrase })
    await failEach(
      () => held.copy().post('/auth/code', { code: typed }),
      (reply, method) => {
        if (method.startsWith('attempts.') && method !== 'attempts.refund') assertClosed(reply, method)
        if (method !== 'attempts.refund') assert.equal(reply.json.status === 'authenticated', false, method)
      },
    )
  }
})

test('a change of password that was not stored is not answered as done', async () => {
  const { browse, failEach } = await installation()
  await browse().post('/auth/register', { email, password: phrase })
  let current = phrase
  const failed = await failEach(
    async () => {
      const alice = browse()
      if ((await alice.post('/auth/login', { email, password: current })).status !== 200) return alice.get('/members')
      const next = current === phrase ? otherPhrase : phrase
      const reply = await alice.post('/auth/change-password', { password: current, newPassword: next })
      if (reply.status === 200) current = next
      return reply
    },
    (reply, method) => {
      if (reply.status === 200) assert.ok(notes.includes(method), method)
    },
  )
  assert.ok(failed.includes('durable.write'))
})
