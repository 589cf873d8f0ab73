/** Changing the password, and setting a first one. */
import assert from 'node:assert/strict'
import type { Auth, CreateAuthOptions } from '../../src/index.ts'
import { createAuth, password, registration, session } from '../../src/index.ts'
import type { Store } from '../../src/model/store.ts'
import { createBrowser, type TestBrowser } from '../../src/testing/browser.ts'
import { createClock } from '../../src/testing/clock.ts'
import { loggedIn } from '../../src/testing/logged-in.ts'
import { codeOf, fieldError, origin, otherPhrase, phrase, registered, secret, serve } from './application.ts'
import { onEveryStore } from './stores.ts'

function installation(store: Store, options: Partial<CreateAuthOptions> = {}): Auth {
  const features = [session(), password(), registration()]
  return createAuth({ origin, secret, store, features, passwords: { dangerouslyCheapHash: true }, afterChange: '/settings', ...options })
}

async function statusOfLogin(open: () => TestBrowser, secretTyped: string): Promise<number> {
  return (await open().post('/auth/login', { email: 'alice@example.com', password: secretTyped })).status
}

onEveryStore('AL-QS-9 AL-FS-41: changing asks for the current password; then only the new one logs in', async (store) => {
  const open = serve(installation(store))
  const alice = await registered(open)
  const wrong = await alice.post('/auth/change-password', { password: 'not the password', newPassword: otherPhrase })
  assert.deepEqual([wrong.status, codeOf(wrong)], [401, 'invalid_credentials'])
  const missing = await alice.post('/auth/change-password', { newPassword: otherPhrase })
  assert.deepEqual([missing.status, fieldError(missing, 'password')], [400, 'This is required.'])
  assert.equal(await statusOfLogin(open, phrase), 200)

  const reply = await alice.submit('/auth/change-password', { password: phrase, newPassword: otherPhrase })
  assert.deepEqual([reply.status, reply.location], [303, '/settings'])
  assert.deepEqual([await statusOfLogin(open, phrase), await statusOfLogin(open, otherPhrase)], [401, 200])
})

onEveryStore(
  'AL-FS-41: what is wrong with the new password is told at its field, as a page and as JSON, and nothing changes',
  async (store) => {
    const open = serve(installation(store))
    const alice = await registered(open)
    for (const [newPassword, sentence] of [
      ['', /required/],
      ['too short', /at least 15 characters/],
      [phrase, /same as the old/],
      ['alice@example.com', /too close to your e-mail/],
    ] as const) {
      const answer = await alice.post('/auth/change-password', { password: phrase, newPassword })
      assert.deepEqual([answer.status, codeOf(answer)], [400, 'invalid_fields'])
      assert.match(fieldError(answer, 'newPassword'), sentence)
      const page = await alice.submit('/auth/change-password', { password: phrase, newPassword })
      assert.equal(page.status, 400)
      assert.match(page.text, sentence)
      assert.doesNotMatch(page.text, /value="(too short|purple)/)
    }
    assert.equal(await statusOfLogin(open, phrase), 200)
  },
)

onEveryStore('AL-FST-B8 AL-FS-41: spaces around a password are part of it, in forms and in JSON', async (store) => {
  const open = serve(installation(store))
  const alice = await registered(open)
  const spaced = `  ${otherPhrase} `
  assert.equal((await alice.submit('/auth/change-password', { password: phrase, newPassword: spaced })).status, 303)
  assert.deepEqual([await statusOfLogin(open, otherPhrase), await statusOfLogin(open, spaced)], [401, 200])
  const visitor = open()
  assert.equal((await visitor.submit('/auth/login', { email: 'alice@example.com', password: spaced })).status, 303)
})

onEveryStore('AL-FST-B8: the password that is in use is refused as the new one', async (store) => {
  const open = serve(installation(store))
  const alice = await registered(open)
  const again = await alice.post('/auth/change-password', { password: phrase, newPassword: phrase })
  assert.match(fieldError(again, 'newPassword'), /same as the old/)
})

onEveryStore('AL-FST-B4: other sessions die, this one goes on under a new token, and the change is an event', async (store) => {
  const auth = installation(store)
  const events: string[] = []
  auth.on('password.changed', ({ user, by }) => void events.push(`${user?.email} by ${by}`))
  const open = serve(auth, { '/members': {} })
  const alice = await registered(open)
  const elsewhere = open()
  await elsewhere.post('/auth/login', { email: 'alice@example.com', password: phrase })
  const before = alice.copy()
  assert.equal((await alice.post('/auth/change-password', { password: phrase, newPassword: otherPhrase })).status, 200)
  assert.equal((await alice.get('/members')).status, 200)
  assert.equal((await elsewhere.get('/members')).status, 401)
  assert.equal((await before.get('/members')).status, 401)
  await auth.settled()
  assert.deepEqual(events, ['alice@example.com by user'])
})

onEveryStore('AL-FST-B7: length counts characters as people see code points, up to 128, and own rules are asked', async (store) => {
  const noSeasons = (text: string): string | null => (/winter/i.test(text) ? 'Leave the season out.' : null)
  const open = serve(installation(store, { passwords: { dangerouslyCheapHash: true, checks: [noSeasons] } }))
  const alice = await registered(open)
  const change = (newPassword: string) => alice.post('/auth/change-password', { password: phrase, newPassword })
  const emoji = ['🦦', '🪔', '🛶', '🧵', '🪁', '🦉', '🌋', '🧭', '🪕', '🦑', '🧊', '🪀', '🦔', '🏮', '🪴']
  assert.match(fieldError(await change(emoji.slice(1).join('')), 'newPassword'), /at least 15 characters/)
  const long = Array.from({ length: 43 }, (_, index) => `${index}x`).join('') // 119 characters
  assert.match(fieldError(await change(`${long}${'ab?'.repeat(4)}`), 'newPassword'), /at most 128 characters/)
  assert.equal(fieldError(await change('seven winter harbours at dusk'), 'newPassword'), 'Leave the season out.')
  assert.equal((await change(emoji.join(''))).status, 200)
  assert.equal(await statusOfLogin(open, emoji.join('')), 200)
})

onEveryStore('AL-FST-B7: composed and decomposed spellings of a password are the same', async (store) => {
  const open = serve(installation(store))
  const typed = 'crème brûlée für Zoë'
  await registered(open, 'alice@example.com', typed.normalize('NFD'))
  assert.equal(await statusOfLogin(open, typed.normalize('NFC')), 200)
  assert.equal(await statusOfLogin(open, typed.replace('è', 'e')), 401)
})

onEveryStore('AL-QS-10: an account without a password sets one in a fresh session, once without the current one', async (store) => {
  const clock = createClock()
  const auth = installation(store, { clock })
  const open = serve(auth)
  const user = await auth.admin.users.create({ email: 'alice@example.com' })
  const browser = createBrowser((request) => auth.handle(request), origin, cookiesOf((await loggedIn(auth, user)).cookie))
  assert.equal((await browser.get('/auth/change-password')).json.hasPassword, false)
  assert.doesNotMatch((await browser.visit('/auth/change-password')).text, /name="password"/)

  clock.advance(11 * 60_000)
  const stale = await browser.post('/auth/change-password', { newPassword: phrase })
  assert.deepEqual([stale.status, codeOf(stale)], [401, 'reauthentication_required'])
  const fresh = createBrowser((request) => auth.handle(request), origin, cookiesOf((await loggedIn(auth, user)).cookie))
  assert.equal((await fresh.post('/auth/change-password', { newPassword: phrase })).status, 200)
  assert.equal((await fresh.get('/auth/change-password')).json.hasPassword, true)
  assert.equal((await fresh.post('/auth/change-password', { newPassword: otherPhrase })).status, 400)
  assert.equal(await statusOfLogin(open, phrase), 200)
})

function cookiesOf(header: string): Map<string, string> {
  return new Map(header.split('; ').map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]))
}
