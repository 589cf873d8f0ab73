/** The example of a store written from nothing passes the whole contract, and keeps accounts when the process has ended. */
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { createAuth, password, registration, session } from 'portcullis'
import { createBrowser, storeContract, type TestBrowser } from 'portcullis/testing'
import { jsonStore } from '../../examples/own-store/store.ts'

const folder = mkdtempSync(join(tmpdir(), 'portcullis-own-store-'))
after(() => rmSync(folder, { recursive: true }))

let files = 0

function newPath(): string {
  return join(folder, `${files++}.json`)
}

for (const { name, run } of storeContract) {
  test(`the store of the example: ${name}`, () =>
    run(async () => {
      const store = jsonStore(newPath())
      await store.durable.open()
      await store.fleeting.open()
      return store
    }))
}

const account = { email: 'ada@example.com', password: 'purple otter juggles lamps' }

test('accounts outlive the process, sessions do not, and a file that was half written is never read', async () => {
  const path = newPath()
  const first = visit(path)
  assert.equal((await first.post('/auth/register', account)).status, 200)
  assert.equal((await first.get('/auth/session')).status, 200)
  writeFileSync(`${path}.draft`, readFileSync(path, 'utf8').slice(0, 20))

  const second = visit(path)
  for (const [name, value] of first.cookies) second.cookies.set(name, value)
  assert.equal((await second.get('/auth/session')).status, 401)
  assert.equal((await second.post('/auth/register', account)).status, 409)
  assert.equal((await second.post('/auth/login', account)).status, 200)
})

/** A browser of a new process, as far as the store can tell. */
function visit(path: string): TestBrowser {
  const auth = createAuth({
    origin: 'http://localhost:3000',
    secret: 'w3zXb6mTqE9kLr2VnYc5HsPdJf8GtUaQ',
    store: jsonStore(path),
    features: [session(), password(), registration()],
    passwords: { dangerouslyCheapHash: true },
  })
  return createBrowser((request) => auth.handle(request), 'http://localhost:3000')
}
