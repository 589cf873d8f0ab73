/** Ways around the limits on guessing: many at once, many spellings, many flows, many addresses, other paths. */
import assert from 'node:assert/strict'
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { sqlite } from '../../src/stores/sqlite.ts'
import { secondStep } from '../contract/second-step.ts'
import { codeOf, otherPhrase, phrase, registered, serve } from '../flows/application.ts'
import { onEveryStore } from '../flows/stores.ts'
import type { Guesses } from './guesser.ts'
import { account, installation, rawHead } from './setting.ts'

const [here, elsewhere] = ['203.0.113.7', '198.51.100.9']
const wrong = { ...account, password: otherPhrase }

test('THR-47 THR-49: of 200 guesses at once in two processes five reach the hash, and the right one among the rest fails', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'portcullis-guesses-'))
  const file = join(folder, 'shared.db')
  const auth = installation(sqlite(file))
  await auth.admin.users.create(account)
  const guessers = [1, 2].map(() => fork(join(import.meta.dirname, 'guesser.ts'), [file]))
  const answers = async (): Promise<readonly unknown[]> => (await Promise.all(guessers.map((guesser) => once(guesser, 'message')))).flat(2)
  await answers()
  const started = answers()
  for (const [index, guesser] of guessers.entries()) guesser.send({ count: 100, right: index === 1 } satisfies Guesses)
  const statuses = await started
  for (const guesser of guessers) guesser.disconnect()
  assert.deepEqual(
    [401, 429].map((status) => statuses.filter((given) => given === status).length),
    [5, 195],
  )
  assert.equal((await serve(auth, {}, { address: here })().post('/auth/login', account)).status, 429)
  await auth.close()
  rmSync(folder, { recursive: true })
})

onEveryStore('THR-50: every spelling of an address spends from one budget, known or not; another address has its own', async (store) => {
  const open = serve(installation(store), {}, { address: here })
  for (const spellings of [
    [
      'zoë@bücher.example',
      'ZOË@bücher.example',
      'zoe\u0308@bücher.example',
      ' zoë@bücher.example ',
      'zoë@xn--bcher-kva.example',
      'Zoë@BÜCHER.EXAMPLE',
    ],
    [
      'nobody@example.com',
      'NOBODY@EXAMPLE.COM',
      'nobody@Example.com',
      '\tnobody@example.com',
      'nobody@example.com ',
      'nobody@example\u3002com',
    ],
  ]) {
    const statuses: number[] = []
    for (const email of spellings) statuses.push((await open().post('/auth/login', { email, password: otherPhrase })).status)
    assert.deepEqual(statuses, [401, 401, 401, 401, 401, 429])
  }
  for (const email of ['nobody+tag@example.com', 'no.body@example.com'])
    assert.equal((await open().post('/auth/login', { email, password: otherPhrase })).status, 401)
})

for (const cheap of [true, undefined]) {
  onEveryStore(
    `THR-51 THR-52 THR-53 THR-56: wrong codes ${cheap ? 'compared' : 'hashed'} are counted by account: no new login, browser, burst or address starts anew`,
    async (store) => {
      const auth = installation(store, { limits: { triesPerAccount: 30 } }, secondStep(cheap ? { cheap } : {}))
      await (await registered(serve(auth))).post('/auth/code/setup')
      let evaluated = 0
      for (let network = 0; network < 12; network++) {
        const open = serve(auth, {}, { address: `198.51.100.${network}` })
        const browsers = [open(), open(), open()]
        for (const browser of browsers) await browser.post('/auth/login', account)
        const burst = browsers.flatMap((browser) => Array.from({ length: 20 }, () => browser.post('/auth/code', { code: '000000' })))
        const replies = await Promise.all(burst)
        const reached = replies.filter((reply) => codeOf(reply) === 'invalid_credentials').length
        assert.ok(reached <= 5, `${reached} of one network`)
        evaluated += reached
      }
      assert.equal(evaluated, 30)
      const last = serve(auth, {}, { address: elsewhere })()
      assert.equal((await last.post('/auth/login', account)).status, 429)
    },
  )
}

onEveryStore('THR-54: headers that name an address change none, no address is no way out, and a /64 is one network', async (store) => {
  const auth = installation(store)
  await auth.admin.users.create(account)
  const names = [
    'x-forwarded-for',
    'x-real-ip',
    'forwarded',
    'cf-connecting-ip',
    'true-client-ip',
    'x-client-ip',
    'x-cluster-client-ip',
    'fastly-client-ip',
  ]
  const open = serve(auth, {}, { address: here })
  const statuses: number[] = []
  for (const [index, name] of names.entries()) {
    const headers = { [name]: name === 'forwarded' ? `for=192.0.2.${index}` : `192.0.2.${index}` }
    statuses.push((await open().post('/auth/login', wrong, { headers })).status)
  }
  assert.deepEqual(statuses, [401, 401, 401, 401, 401, 429, 429, 429])

  const nowhere = serve(auth)
  const burst = await Promise.all(Array.from({ length: 20 }, () => nowhere().post('/auth/login', wrong)))
  assert.equal(burst.filter(({ status }) => status === 401).length, 5)
  const customer: number[] = []
  for (let host = 1; host <= 7; host++)
    customer.push((await serve(auth, {}, { address: `2001:db8:1:2:${host}::${host}` })().post('/auth/login', wrong)).status)
  assert.deepEqual(customer, [401, 401, 401, 401, 401, 429, 429])
})

onEveryStore('THR-55: many flows for one account, or one password over many accounts, meet the limit all the same', async (store) => {
  const auth = installation(store, { limits: { failuresPerNetwork: 12 } })
  const open = serve(auth, {}, { address: here })
  let judged = 0
  for (let flow = 0; flow < 20; flow++) {
    const browser = open()
    await browser.visit('/auth/login') // a form of its own
    judged += Number((await browser.submit('/auth/login', wrong)).status === 401)
  }
  assert.equal(judged, 5)
  const sprayed: number[] = []
  for (let user = 0; user < 10; user++)
    sprayed.push((await open().post('/auth/login', { email: `user${user}@example.com`, password: otherPhrase })).status)
  assert.deepEqual(sprayed, [401, 401, 401, 401, 401, 401, 401, 429, 429, 429])
})

onEveryStore('THR-57: another spelling of a path reaches no handler, or the same one with the same limits', async (store) => {
  const auth = installation(store)
  await auth.admin.users.create(account)
  const headers = { accept: 'application/json', 'content-type': 'application/json', host: 'localhost:3000' }
  const post = (target: string, fields: object) => auth.handle(rawHead('POST', target, headers, JSON.stringify(fields)))
  for (let tried = 0; tried < 5; tried++) assert.equal((await post('/auth/login', wrong))?.status, 401)
  const same = [
    '/auth/login',
    '/auth/login?',
    '/auth/login?x=/auth/logout',
    '/auth/login#x',
    'http://localhost:3000/auth/login',
    'http://evil.example/auth/login',
  ]
  const other = [
    '/auth//login',
    '//auth/login',
    '/AUTH/login',
    '/auth/LOGIN',
    '/auth/login/',
    '/auth/login//',
    '/auth/login;x',
    '/auth/login.',
    '/auth/login%20',
    '/auth/login%2f',
    '/auth%2flogin',
    '/auth/%6cogin',
    '/auth/./login',
    '/auth/x/../login',
    '/auth/login%00',
    '/auth\\login',
    'auth/login',
    '*',
    '',
  ]
  for (const target of same) assert.equal((await post(target, { email: account.email, password: phrase }))?.status, 429, target)
  for (const target of other) assert.equal(await post(target, { email: account.email, password: phrase }), null, target)
  const guard = auth.guard()
  for (const target of [...same, ...other]) assert.equal((await guard(rawHead('GET', target, headers))).ok, false)
})
