/** Sessions that the SQLite store remembers are forgotten the moment that anybody, in whatever process, has written. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { type Auth, createAuth, password, session, type TokenHash } from 'portcullis'
import { sqlite } from 'portcullis/stores/sqlite'
import { loggedIn } from 'portcullis/testing'

async function twoOnOneFile(run: (first: Auth, second: Auth, file: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'portcullis-recall-'))
  const file = join(folder, 'auth.db')
  const make = (): Auth =>
    createAuth({
      origin: 'http://localhost:3000',
      secret: 'a secret of at least thirty-two bytes, for tests',
      store: sqlite(file),
      features: [session(), password()],
      passwords: { dangerouslyCheapHash: true },
    })
  const [first, second] = [make(), make()]
  try {
    await run(first, second, file)
  } finally {
    await first.close()
    await second.close()
    rmSync(folder, { recursive: true })
  }
}

function visit(auth: Auth, cookie: string): ReturnType<Auth['identify']> {
  return auth.identify(new Request('http://localhost:3000/', { headers: { cookie } }))
}

test('what one installation writes, another on the same file sees at its next request', () =>
  twoOnOneFile(async (first, second) => {
    const user = await first.admin.users.create({ email: 'ada@example.com' })
    const { cookie } = await loggedIn(first, user)
    assert.deepEqual((await visit(first, cookie))?.user.roles, [])
    await second.admin.roles.put({ name: 'admin' })
    await second.admin.users.addRole(user.id, 'admin')
    assert.deepEqual((await visit(first, cookie))?.user.roles, ['admin'])
    await second.admin.users.deactivate(user.id)
    assert.equal(await visit(first, cookie), null)
  }))

test('what the application writes by a connection of its own is seen at the next request', () =>
  twoOnOneFile(async (first, _, file) => {
    const { cookie } = await loggedIn(first, await first.admin.users.create({ email: 'ada@example.com' }))
    assert.notEqual(await visit(first, cookie), null)
    const own = new DatabaseSync(file)
    own.exec('delete from portcullis_sessions')
    own.close()
    assert.equal(await visit(first, cookie), null)
  }))

test('of requests in one turn of the event loop, none is answered by what was so before it began', () =>
  twoOnOneFile(async (first, _, file) => {
    const { cookie } = await loggedIn(first, await first.admin.users.create({ email: 'ada@example.com' }))
    assert.notEqual(await visit(first, cookie), null)
    const own = new DatabaseSync(file)
    await new Promise((resolve) => setImmediate(resolve))
    const before = [visit(first, cookie), visit(first, cookie)]
    own.exec('delete from portcullis_sessions')
    const after = [visit(first, cookie), visit(first, cookie)]
    assert.notEqual(await before[0], null)
    assert.deepEqual(await Promise.all(after), [null, null])
    await before[1] // which began before and ended after: either answer is right
    own.close()
  }))

test('a question that fails is the failure of every request that waits for it, and of no other', () =>
  twoOnOneFile(async (first, _, file) => {
    const store = sqlite(file)
    await store.durable.open()
    const look = async (): Promise<unknown> => store.sessions.recognise('hash' as TokenHash, 0, store.reads.users)
    const looks = [look(), look(), look()]
    await store.durable.close()
    const [one, ...others] = await Promise.allSettled(looks)
    assert.equal(one?.status, 'fulfilled')
    for (const other of others) assert.ok(other.status === 'rejected' && /not open/.test(String(other.reason)))
    await store.durable.open()
    assert.equal(await look(), null)
    await store.durable.close()
    await first.ready
  }))

test('a remembered identity cannot be changed by whoever was given it', () =>
  twoOnOneFile(async (first) => {
    const { cookie } = await loggedIn(first, await first.admin.users.create({ email: 'ada@example.com' }))
    const identity = await visit(first, cookie)
    assert.throws(() => Object.assign(identity?.user ?? {}, { roles: ['admin'] }), TypeError)
    assert.throws(() => Object.assign(identity?.user.extra ?? {}, { plan: 'free' }), TypeError)
    assert.deepEqual((await visit(first, cookie))?.user.roles, [])
  }))
