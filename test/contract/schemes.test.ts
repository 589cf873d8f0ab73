/** CONTRACT 4.9: what a scheme says of itself is asked for: whether browsers send it on their own, and what it is limited to. */
import assert from 'node:assert/strict'
import type { Feature, Scheme } from '../../src/index.ts'
import { createAuth, password, registration, session } from '../../src/index.ts'
import type { Store } from '../../src/model/store.ts'
import type { TestBrowser } from '../../src/testing/browser.ts'
import { codeOf, origin, phrase, registered, secret, serve } from '../flows/application.ts'
import { onEveryStore } from '../flows/stores.ts'

/** Recognises whoever names an address in a header, with the scopes given. */
function named(name: string, ambient: boolean, scopes?: readonly string[]): Scheme {
  return {
    name,
    ambient,
    recognise: async (ground) => {
      const { record } = await ground.identify(ground.head.header('x-name') ?? '')
      return record ? { userId: record.user.id, proven: null, ...(scopes && { scopes }) } : 'absent'
    },
    challenges: () => [],
  }
}

async function installation(store: Store): Promise<() => TestBrowser> {
  const schemes: Feature = {
    name: 'schemes',
    schemes: [named('sent-by-browsers', true), named('sent-by-programs', false), named('reader', false, ['read', 'list'])],
  }
  const features = [session(), password(), registration(), schemes]
  const auth = createAuth({ origin, secret, store, features, passwords: { dangerouslyCheapHash: true } })
  await auth.admin.users.create({ email: 'alice@example.com', password: phrase })
  return serve(auth, {
    '/ambient': { with: ['sent-by-browsers'] },
    '/programs': { with: ['sent-by-programs'] },
    '/read': { with: ['reader'], scopes: ['read', 'list'] },
    '/write': { with: ['reader'], scopes: ['read', 'write'] },
    '/unlimited': { with: ['sent-by-programs', 'session'], scopes: ['write'] },
  })
}

const name = { 'x-name': 'alice@example.com' }

for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
  onEveryStore(`a ${method} by what browsers send on their own must come from this site, by what programs send need not`, async (store) => {
    const open = await installation(store)
    const status = async (path: string, headers: Readonly<Record<string, string>>): Promise<string> => {
      const reply = await open().send(method, path, { accept: 'application/json', ...name, ...headers })
      return `${reply.status} ${codeOf(reply) ?? ''}`.trim()
    }
    const [foreign, foreignFetch] = [{ origin: 'https://evil.example' }, { 'sec-fetch-site': 'cross-site' }]
    for (const headers of [foreign, foreignFetch, {}]) {
      assert.equal(await status('/ambient', headers), '403 cross_site_request')
      assert.equal(await status('/programs', headers), '200')
    }
    for (const headers of [{ origin }, { 'sec-fetch-site': 'same-origin' }]) assert.equal(await status('/ambient', headers), '200')
  })
}

onEveryStore('reading by what browsers send on their own needs no origin', async (store) => {
  const open = await installation(store)
  for (const method of ['GET', 'HEAD']) {
    const { status } = await open().send(method, '/ambient', { accept: 'application/json', ...name, origin: 'https://evil.example' })
    assert.equal(status, 200)
  }
})

onEveryStore('what is limited to scopes needs all that a guard names; what nothing limits passes', async (store) => {
  const open = await installation(store)
  const read = await open().get('/read', { headers: name })
  assert.deepEqual([read.status, read.json.scopes], [200, ['read', 'list']])
  const write = await open().get('/write', { headers: name })
  assert.deepEqual([write.status, codeOf(write)], [403, 'forbidden'])
  const program = await open().get('/unlimited', { headers: name })
  assert.deepEqual([program.status, program.json.scopes], [200, null])
  const bob = await registered(open, 'bob@example.com')
  const browser = await bob.get('/unlimited')
  assert.deepEqual([browser.status, browser.json.with, browser.json.scopes], [200, 'session', null])
})
