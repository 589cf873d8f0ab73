/** A request that is recognised is a read: it writes nothing but, once in a while, that the session was used. */
import assert from 'node:assert/strict'
import { createAuth, type Duration, password, registration, session } from '../../src/index.ts'
import type { Store } from '../../src/model/store.ts'
import { createClock } from '../../src/testing/clock.ts'
import { aroundStore } from '../same-work/around-store.ts'
import { origin, registered, secret, serve } from './application.ts'
import { onEveryStore } from './stores.ts'

/** A logged-in browser, and the names of the calls that are made to the store. */
async function watched(real: Store, idle: Duration = '1h') {
  const calls: string[] = []
  const clock = createClock()
  const store = aroundStore(real, (method, _args, go) => {
    calls.push(method)
    return go()
  })
  const features = [session({ idle }), password(), registration()]
  const auth = createAuth({ origin, secret, store, clock, features, passwords: { dangerouslyCheapHash: true }, purgeEvery: false })
  const alice = await registered(serve(auth, { '/members': {} }))
  calls.splice(0)
  return { alice, calls, clock }
}

onEveryStore('a hundred guarded requests within a minute are a hundred reads of the session and nothing else', async (store) => {
  const { alice, calls, clock } = await watched(store)
  for (let count = 0; count < 100; count++) {
    clock.advance(599)
    assert.equal((await alice.get('/members')).status, 200)
  }
  assert.equal(calls.filter((method) => method === 'sessions.recognise').length, 100)
  assert.deepEqual(
    calls.filter((method) => method !== 'sessions.recognise' && method !== 'reads.users.byId'),
    [],
  )
})

for (const [idle, expected] of [
  ['1h', 10],
  ['5m', 20],
] as const) {
  onEveryStore(`of a hundred requests in ten minutes ${expected} note the use of a session that is idle after ${idle}`, async (store) => {
    const { alice, calls, clock } = await watched(store, idle)
    for (let count = 0; count < 100; count++) {
      clock.advance(6_000)
      assert.equal((await alice.get(count % 2 === 0 ? '/members' : '/auth/session')).status, 200)
    }
    assert.equal(calls.filter((method) => method === 'sessions.touch').length, expected)
    assert.deepEqual(
      calls.filter((method) => !['sessions.recognise', 'sessions.touch', 'reads.users.byId'].includes(method)),
      [],
    )
  })
}
