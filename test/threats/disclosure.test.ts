/** Secrets that come out where nobody thought of them: lists, errors, reports, objects that are printed. */
import assert from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { inspect } from 'node:util'
import type { AuthEvent, EventName } from '../../src/index.ts'
import { sqlite } from '../../src/stores/sqlite.ts'
import { secondStep } from '../contract/second-step.ts'
import { origin, otherPhrase, phrase, registered, serve } from '../flows/application.ts'
import { onEveryStore } from '../flows/stores.ts'
import { account, cookieHeader, installation, watched } from './setting.ts'

onEveryStore('THR-63: a list of users is narrowed and ordered by the address alone', async (store) => {
  const auth = installation(store)
  const { users } = auth.admin
  await users.create(account)
  await users.create({ email: 'bob@example.com', password: otherPhrase })
  const record = await store.reads.users.byEmailKey(account.email)
  assert.ok(record?.passwordHash)
  for (const prefix of [record.passwordHash, record.passwordHash.slice(0, 9), record.stamp, record.user.id, '$', '%', "' or 1=1 --"])
    assert.deepEqual(await users.list({ prefix }), [], prefix)
  const asked: object = { orderBy: 'passwordHash', where: { passwordHash: record.passwordHash }, columns: ['passwordHash'] }
  const listed = await users.list(asked)
  assert.deepEqual(
    listed.map(({ email }) => email),
    [account.email, 'bob@example.com'],
  )
  assert.doesNotMatch(JSON.stringify(listed), /argon2|stamp|hash/i)
})

test('THR-64: an error of the database shows neither a row nor a password, to the client or in a report', async () => {
  const database = new DatabaseSync(':memory:')
  const reports: string[] = []
  const auth = installation(sqlite(database), { report: (error, about) => void reports.push(`${about} ${inspect(error, { depth: 12 })}`) })
  const open = serve(auth)
  const alice = await registered(open)
  const hash = String(database.prepare('select password_hash as hash from portcullis_users').get()?.hash)
  assert.match(hash, /^\$argon2id/)
  database.exec("create trigger broken before update on portcullis_users begin select raise(abort, 'no more room'); end")
  database.exec("create trigger broken_too before insert on portcullis_users begin select raise(abort, 'no more room'); end")
  const replies = [
    await open().post('/auth/register', { email: 'new@example.com', password: otherPhrase }),
    await open().submit('/auth/register', { email: 'new@example.com', password: otherPhrase }),
    await alice.post('/auth/change-password', { password: phrase, newPassword: otherPhrase }),
    await alice.submit('/auth/change-password', { password: phrase, newPassword: otherPhrase }),
  ]
  for (const { status, text } of replies) {
    assert.ok(status >= 500)
    assert.doesNotMatch(text, /sqlite|portcullis_|trigger|no more room|argon2|constraint/i)
  }
  assert.ok(reports.length >= 4)
  for (const text of [...replies.map(({ text }) => text), ...reports])
    for (const secret of [hash, phrase, otherPhrase, '$argon2id']) assert.equal(text.includes(secret), false)
})

onEveryStore('THR-64: what is refused at registration repeats no password, whatever is wrong with it', async (store) => {
  const reports: string[] = []
  const open = serve(installation(store, { report: (error) => void reports.push(inspect(error)) }))
  await registered(open)
  for (const fields of [
    { email: 'a\0b@example.com', password: otherPhrase },
    { email: `${'a'.repeat(300)}@example.com`, password: otherPhrase },
    { email: account.email, password: otherPhrase },
    { email: 'new@example.com', password: `${otherPhrase}\0` },
    { email: 'new@example.com', password: `${otherPhrase}${'x'.repeat(2000)}` },
    { email: 'new@example.com', password: otherPhrase.slice(0, 14) },
    { email: 'new@example.com', password: otherPhrase, passwordConfirm: `${otherPhrase}!` },
  ]) {
    const reply = await open().post('/auth/register', fields)
    const page = await open().submit('/auth/register', fields)
    assert.deepEqual([reply.status >= 400 && reply.status < 500, page.status], [true, reply.status])
    for (const { text } of [reply, page]) assert.equal(text.includes(otherPhrase.slice(0, 14)), false)
  }
  assert.deepEqual(reports, [])
})

onEveryStore(
  'THR-126: no user, identity, event or session that the application is given holds a hash, a stamp or a token',
  async (store) => {
    const seen: unknown[] = []
    const auth = installation(store, {}, secondStep())
    const names: readonly EventName[] = [
      'user.registered',
      'user.created',
      'user.logged_in',
      'user.logged_out',
      'user.factor_owed',
      'user.reauthenticated',
      'user.authentication_failed',
      'user.activated',
      'user.deactivated',
      'password.changed',
      'sessions.ended',
      'access.reset',
      'user.deleted',
    ]
    const told = new Set<string>()
    const listen = (event: AuthEvent): void => {
      seen.push(event)
      told.add(event.name)
    }
    for (const name of names) auth.on(name, listen)
    const open = serve(auth, { '/members': {} })
    const alice = await registered(open)
    await open().post('/auth/login', { ...account, password: otherPhrase })
    await alice.post('/auth/verify', { password: phrase })
    const request = (): Request => new Request(origin, { headers: { cookie: cookieHeader(alice) } })
    const identity = await auth.identify(request())
    assert.ok(identity)
    const { id } = identity.user
    const record = await store.reads.users.byEmailKey(account.email)
    assert.ok(record?.passwordHash)
    const secrets = [...alice.cookies.values(), record.passwordHash, record.stamp, phrase, otherPhrase]
    seen.push(identity, await auth.admin.users.list(), await auth.admin.users.byId(id), await auth.admin.users.byEmail(account.email))
    seen.push(await store.reads.everything(id), (await alice.get('/members')).text, (await alice.get('/auth/sessions')).text)
    await alice.post('/auth/change-password', { password: phrase, newPassword: otherPhrase })
    await alice.post('/auth/code/setup')
    await open().post('/auth/login', { ...account, password: otherPhrase })
    await alice.post('/auth/logout')
    const { users } = auth.admin
    const made = await users.create({ email: 'new@example.com', password: phrase })
    seen.push(made)
    await users.deactivate(made.id)
    await users.activate(made.id)
    await registered(open, 'x@example.com').then((browser) => browser.post('/auth/sessions/revoke', { others: true }))
    await users.resetAccess(made.id)
    await users.delete(made.id)
    await auth.settled()
    assert.ok(told.size >= 11, [...told].join())
    secrets.push(...alice.cookies.values())
    const all = seen.map((thing) => inspect(thing, { depth: 12 }) + JSON.stringify(thing)).join('\n')
    for (const secret of secrets) assert.equal(all.includes(secret), false, secret)
    assert.doesNotMatch(all, /passwordHash|"stamp"|stamp:|\$argon2/)
  },
)

onEveryStore('THR-128: no page shows a message, an error or a name out of its query, its path or a cookie', async (store) => {
  const auth = installation(
    watched(store, () => undefined),
    {},
    secondStep(),
  )
  const open = serve(auth)
  const alice = await registered(open)
  const mark = '<script>alert(1)</script>marker'
  const names = [
    'error',
    'message',
    'msg',
    'flash',
    'notice',
    'info',
    'title',
    'email',
    'password',
    'user',
    'error_description',
    'csrf',
    'action',
    '_flash',
  ]
  const query = [...names.map((name) => `${name}=${encodeURIComponent(mark)}`), `next=${encodeURIComponent(`/${mark}`)}`].join('&')
  let pages = 0
  for (const { path } of auth.routes) {
    for (const who of [open(), alice]) {
      const browser = who.copy()
      for (const name of names) browser.cookies.set(name, encodeURIComponent(mark))
      for (const target of [`${path}?${query}`, `${path}?error=${encodeURIComponent(mark)}`]) {
        const reply = await browser.visit(target)
        const shown = reply.text.replace(/<input type="hidden" name="next"[^>]*>/, '').replaceAll(/\?next=[\w%()-]*"/g, '') // encoded, in links
        assert.doesNotMatch(shown, /marker/, target)
        assert.doesNotMatch(reply.text, /<script>alert/)
        pages += Number(reply.text.includes('<form'))
      }
    }
  }
  assert.ok(pages > 8)
})
