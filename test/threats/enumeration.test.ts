/** Whether an account exists, and in what state, shows in no answer of a login, whatever step it has got to. */
import assert from 'node:assert/strict'
import { type Auth, username } from '../../src/index.ts'
import type { Store } from '../../src/model/store.ts'
import type { TestBrowser, TestReply } from '../../src/testing/browser.ts'
import { secondStep } from '../contract/second-step.ts'
import { otherPhrase, phrase, registered, serve } from '../flows/application.ts'
import { onEveryStore } from '../flows/stores.ts'
import { installation } from './setting.ts'

/** Accounts in every state there is, each by its address. */
async function accounts(
  store: Store,
): Promise<{ readonly auth: Auth; readonly open: () => TestBrowser; readonly emails: readonly string[] }> {
  const auth = installation(store, {}, secondStep())
  const open = serve(auth, { '/members': {} })
  await registered(open, 'known@example.com')
  await (await registered(open, 'careful@example.com')).post('/auth/code/setup')
  await auth.admin.users.create({ email: 'inactive@example.com', password: phrase, active: false })
  await auth.admin.users.create({ email: 'careful-inactive@example.com', password: phrase, active: false })
  await auth.admin.users.create({ email: 'no-password@example.com' })
  const { id } = await auth.admin.users.create({ email: 'deleted@example.com', password: phrase })
  await auth.admin.users.delete(id)
  const existing = ['known', 'careful', 'inactive', 'careful-inactive', 'no-password', 'deleted'].map((name) => `${name}@example.com`)
  return { auth, open, emails: [...existing, 'unknown@example.com', 'KNOWN@EXAMPLE.COM', 'no address', 'known@example.com@'] }
}

/** All that a client sees of an answer, without what is random in each or was typed. */
function seen({ status, headers, text }: TestReply, email: string): string {
  const all = [...headers].map(([name, value]) => `${name}: ${name === 'set-cookie' ? value.replace(/=[^;]+/, '=…') : value}`)
  const body = text.replace(/name="csrf" value="[^"]+"/, '').replaceAll(email, 'TYPED')
  return [status, ...all.sort(), body].join('\n')
}

onEveryStore(
  'THR-39 THR-42 THR-43: a refused login is word for word the same for every account and state, as JSON and as a page',
  async (store) => {
    const { open, emails } = await accounts(store)
    for (const how of ['post', 'submit'] as const) {
      const replies = new Map<string, string>()
      for (const email of emails) {
        const reply = await open()[how]('/auth/login', { email, password: otherPhrase })
        assert.equal(reply.status, 401)
        replies.set(email, seen(reply, email))
      }
      for (const [email, reply] of replies) assert.equal(reply, replies.get('unknown@example.com'), email)
    }
  },
)

onEveryStore('THR-43: the same holds for logins by username', async (store) => {
  const auth = installation(store, {}, username())
  await auth.admin.users.create({ email: 'known@example.com', username: 'known', password: phrase })
  await auth.admin.users.create({ email: 'idle@example.com', username: 'idle', password: phrase, active: false })
  const open = serve(auth)
  const replies = new Set<string>()
  for (const name of ['known', 'idle', 'nobody', 'K N O W N', '\u{1f511}'.repeat(40)])
    replies.add(seen(await open().post('/auth/login', { username: name, password: otherPhrase }), name))
  assert.equal(replies.size, 1)
})

onEveryStore('THR-42: the right password of an account that may not log in is answered like a wrong one', async (store) => {
  const { open } = await accounts(store)
  const wrong = await open().post('/auth/login', { email: 'known@example.com', password: otherPhrase })
  for (const email of ['inactive@example.com', 'careful-inactive@example.com', 'deleted@example.com']) {
    const reply = await open().post('/auth/login', { email, password: phrase })
    assert.equal(seen(reply, email), seen(wrong, email), email)
  }
})

onEveryStore('THR-42: a lock looks the same for a known and an unknown account, to right and wrong passwords', async (store) => {
  const { open } = await accounts(store)
  const locked = new Set<string>()
  for (const email of ['known@example.com', 'inactive@example.com', 'no-password@example.com', 'unknown@example.com']) {
    const refused = email.startsWith('inactive') ? phrase : otherPhrase // its right password is a failure too
    for (let tried = 0; tried < 5; tried++) assert.equal((await open().post('/auth/login', { email, password: refused })).status, 401)
    for (const typed of [phrase, otherPhrase])
      locked.add(seen(await open().post('/auth/login', { email, password: typed }), email).replace(/retry-after: \d+/, ''))
  }
  assert.equal(locked.size, 1)
  assert.match([...locked].join(), /^429/)
})

onEveryStore(
  'THR-44: no later step tells either: without the right password nothing is held, and what is asked then is one answer',
  async (store) => {
    const { auth, open, emails } = await accounts(store)
    const later = auth.routes.filter(({ access }) => !access.includes('anyone') && !access.includes('anonymous'))
    assert.ok(later.some(({ name }) => name === 'second-factor') && later.some(({ name }) => name === 'code'))
    for (const { path, methods } of later) {
      const answers = new Set<string>()
      for (const email of emails.slice(0, 7)) {
        const browser = open()
        await browser.post('/auth/login', { email, password: otherPhrase })
        assert.equal(browser.cookies.size, 0)
        const reply = methods.includes('GET')
          ? await browser.get(`${path}?email=${email}`)
          : await browser.post(path, { email, code: '123456' })
        answers.add(seen(reply, email))
        await auth.admin.users.byEmail(email).then((user) => user && auth.admin.users.unlock(user.id))
      }
      assert.equal(answers.size, 1, path)
      assert.match([...answers].join(), /^401/, path)
    }
  },
)
