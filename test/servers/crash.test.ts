/** Killed at any moment of a flow, a server leaves each account wholly before or wholly after it, and loses no mail that it promised. */
import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { createDice, seed } from '../attacks/random.ts'
import { otherPhrase, phrase } from '../flows/application.ts'
import { newAddress } from './artefact.ts'
import { factorFlows } from './crash-factors.ts'
import { account, type Flow, isMailed, logsIn, Victim } from './victim.ts'

const soak = process.env.PORTCULLIS_SOAK === '1'
/** For each flow. */
const randomMoments = soak ? 100 : 2

const flows: readonly Flow[] = [
  {
    name: 'a registration',
    confirms: false,
    async prepare(victim) {
      const email = newAddress()
      return {
        ...{ browser: victim.browser(), path: '/auth/register', body: { email, password: phrase } },
        async check(again, status) {
          const exists = await logsIn(again, email, phrase)
          if (status !== null) assert.ok(exists)
          if (!exists) assert.equal((await again.browser().post('/auth/register', { email, password: phrase })).status, 200)
        },
      }
    },
  },
  {
    name: 'a registration that waits for its mail',
    confirms: true,
    async prepare(victim) {
      const email = newAddress()
      const browser = victim.browser()
      return {
        ...{ browser, path: '/auth/register', body: { email, password: phrase }, mail: [email, 'registration.confirm'] },
        async check(again, status) {
          if (status === null) return assert.equal(await logsIn(again, email, phrase), false)
          const token = await again.tokenFor(email)
          assert.equal((await again.browser().post('/auth/confirm-email', { token, password: phrase })).status, 200)
          assert.ok(await logsIn(again, email, phrase))
        },
      }
    },
  },
  {
    name: 'the confirmation of an address',
    confirms: true,
    async prepare(victim) {
      const email = newAddress()
      await victim.browser().post('/auth/register', { email, password: phrase })
      const token = await victim.tokenFor(email)
      return {
        ...{ browser: victim.browser(), path: '/auth/confirm-email', body: { token, password: phrase } },
        async check(again, status) {
          const exists = await logsIn(again, email, phrase)
          if (status !== null) assert.ok(exists)
          const retried = await again.browser().post('/auth/confirm-email', { token, password: phrase })
          assert.equal(retried.status, exists ? 400 : 200)
        },
      }
    },
  },
  {
    name: 'asking for a new password',
    confirms: false,
    async prepare(victim) {
      const email = await account(victim)
      return {
        ...{ browser: victim.browser(), path: '/auth/forgot-password', body: { email }, mail: [email, 'password.reset'] },
        async check(again, status) {
          assert.ok(await logsIn(again, email, phrase))
          if (status === null) return
          const token = await again.tokenFor(email)
          assert.equal((await again.browser().post('/auth/reset-password', { token, newPassword: otherPhrase })).status, 200)
        },
      }
    },
  },
  {
    name: 'choosing a new password',
    confirms: false,
    async prepare(victim) {
      const email = await account(victim)
      await victim.browser().post('/auth/forgot-password', { email })
      const token = await victim.tokenFor(email)
      return {
        ...{ browser: victim.browser(), path: '/auth/reset-password', body: { token, newPassword: otherPhrase } },
        async check(again, status) {
          const [old, next] = [await logsIn(again, email, phrase), await logsIn(again, email, otherPhrase)]
          assert.notEqual(old, next)
          if (status !== null) assert.ok(next)
          assert.equal((await again.browser().get(`/auth/reset-password?token=${token}`)).status, next ? 400 : 200)
          if (next) await isMailed(again, email, 'password.changed')
        },
      }
    },
  },
  {
    name: 'a change of address',
    confirms: false,
    async prepare(victim) {
      const [email, other] = [await account(victim), newAddress()]
      const browser = victim.browser()
      await browser.post('/auth/login', { email, password: phrase })
      await browser.post('/auth/change-email', { email: other })
      const token = await victim.tokenFor(other)
      return {
        ...{ browser, path: '/auth/change-email/confirm', body: { token } },
        async check(again, status) {
          const [old, next] = [await logsIn(again, email, phrase), await logsIn(again, other, phrase)]
          assert.notEqual(old, next)
          if (status !== null) assert.ok(next)
          if (!next) return
          await isMailed(again, email, 'email.changed')
          const undo = await again.tokenFor(email)
          assert.equal((await again.browser().post('/auth/change-email/undo', { token: undo })).status, 200)
        },
      }
    },
  },
  ...factorFlows,
]

for (const confirms of [false, true]) {
  describe(confirms ? 'with confirmation of addresses' : 'without confirmation of addresses', () => {
    const folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'portcullis-crash-'))
    const victim = new Victim({ address: `sqlite:${join(folder, 'crash.db')}`, mailFile: join(folder, 'mails'), confirms })
    before(() => victim.start())
    after(async () => {
      await victim.end()
      rmSync(folder, { recursive: true, force: true })
    })

    for (const { name, prepare } of flows.filter((flow) => flow.confirms === confirms)) {
      test(`killed before and after every call of the store, and at ${randomMoments} moments, ${name} is wholly undone or wholly done`, async (t) => {
        const whole = await prepare(victim)
        await victim.order({ arm: null })
        const begin = performance.now()
        await whole.browser.post(whole.path, whole.body)
        const took = performance.now() - begin
        const calls = await victim.order('calls')
        assert.ok(Array.isArray(calls) && calls.length > 2)
        let answered = 0
        for (const [at, method] of calls.entries()) {
          // Nothing lies between the end of a read and the next call but what the process forgets.
          for (const when of isRead(String(method)) && !soak ? (['before'] as const) : (['before', 'after'] as const)) {
            const status = await interrupt(victim, prepare, async () => {
              await victim.order({ arm: { at, when } })
              return () => victim.death()
            })
            if (status !== null) answered += 1
          }
        }
        for (let moment = 0; moment < randomMoments; moment++) {
          const delay = (createDice(seed, moment).below(1000) / 500) * took
          await interrupt(victim, prepare, async () => {
            const timer = setTimeout(() => void victim.kill(), delay)
            return async () => clearTimeout(timer)
          })
        }
        if (whole.mail) assert.ok(answered > 0, 'every request died: what comes after the reply was not tried')
        t.diagnostic(`${calls.length} calls, ${answered} requests were answered before the end`)
      })
    }
  })
}

/** Lets the server die in the request, starts it again, and checks what is left. The status of the answer, if one came. */
async function interrupt(victim: Victim, prepare: Flow['prepare'], arm: () => Promise<() => Promise<void>>): Promise<number | null> {
  const { browser, path, body, mail, check } = await prepare(victim)
  await victim.order({ arm: null }) // nothing of before is under way any more
  const struck = await arm()
  const status = await browser.post(path, body).then(
    (reply) => reply.status,
    () => null,
  )
  if (status !== null) assert.equal(status, 200)
  if (status !== null) await pause(20) // what comes after the reply may be what kills it
  await struck()
  await victim.kill()
  await victim.start()
  await victim.browser().post('/auth/forgot-password', { email: newAddress() }) // whatever asks for a mail sends those that were left
  if (mail && status !== null) await isMailed(victim, ...mail)
  await check(victim, status)
  for (const to of new Set(mail ? [mail[0]] : [])) {
    const ids = victim.mails(to).map(({ id }) => id)
    assert.ok(ids.length - new Set(ids).size <= 1, 'more than the one that was under way was sent again')
  }
  return status
}

function isRead(method: string): boolean {
  return /^reads\.|\.(recognise|find|ask|nextDue|count|listOf|epoch)$/.test(method)
}
