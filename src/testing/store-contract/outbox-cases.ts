/** The outbox drawer: every mail is claimed by one caller at a time, until it is sent or given up. */
import assert from 'node:assert/strict'
import type { Change } from '../../model/change.ts'
import type { Store } from '../../model/store.ts'
import { create, mailCalled, minute, now, oddText, putMail } from './samples.ts'
import { refuses, type StoreCase, storeCase, together, write } from './store-case.ts'

const lease = 5 * minute

function fail(name: string, parts: Partial<Omit<Extract<Change, { readonly kind: 'outbox.fail' }>, 'kind'>> = {}): Change {
  return { kind: 'outbox.fail', id: `${name}-mail`, attempts: 1, now, reason: 'no route', retryAt: now + minute, ...parts }
}

async function claim(store: Store, at: number = now, limit = 100): Promise<readonly string[]> {
  return (await store.outbox.claim(at, lease, limit)).map(({ id }) => id)
}

/** The outbox drawer. */
export const outboxCases: readonly StoreCase[] = [
  storeCase(
    'outbox.put keeps every field as it was given',
    async (store) => {
      const odd = mailCalled('odd', { userId: null, to: oddText, body: oddText, mail: 'password.changed' })
      await write(store, { kind: 'outbox.put', row: odd }, putMail('plain', { dueAt: now + minute, body: 'x'.repeat(70_000) }))
      assert.deepEqual(await store.outbox.claim(now, lease, 100), [{ ...odd, dueAt: now + lease, attempts: 1 }])
      const [plain] = await store.outbox.claim(now + minute, lease, 100)
      assert.equal(plain?.body.length, 70_000)
    },
    { kind: 'outbox.put', property: 'effect' },
  ),

  storeCase('outbox.claim gives what is due, the longest due first, up to a limit', async (store) => {
    const due = ['c', 'a', 'b', 'd'].map((name, index) => putMail(name, { dueAt: now - (name === 'd' ? 0 : 9 - index) }))
    await write(store, ...due, putMail('later', { dueAt: now + 1 }))
    assert.deepEqual(await claim(store, now, 2), ['c-mail', 'a-mail'])
    assert.deepEqual(await claim(store, now, 0), [])
    assert.deepEqual(await claim(store), ['b-mail', 'd-mail'])
    assert.deepEqual(await claim(store), [])
    assert.deepEqual(await claim(store, now + 1), ['later-mail'])
  }),

  storeCase('outbox.claim gives a mail again when its lease is over, and counts how often', async (store) => {
    await write(store, putMail('mailed'))
    for (const attempts of [1, 2, 3]) {
      const at = now + (attempts - 1) * lease
      assert.deepEqual(
        (await store.outbox.claim(at, lease, 100)).map((mail) => mail.attempts),
        [attempts],
      )
      assert.deepEqual(await claim(store, at + lease - 1), [])
    }
  }),

  storeCase('of 50 callers that claim at once each mail goes to one, and none is left', async (store) => {
    await write(store, ...Array.from({ length: 60 }, (_, index) => putMail(`mailed-${index}`)))
    const claims = (await together(50, () => claim(store, now, 2))).flat()
    assert.equal(claims.length, 60)
    assert.equal(new Set(claims).size, 60)
  }),

  storeCase(
    'outbox.drop takes a mail out, claimed or not, as often as it is asked',
    async (store) => {
      await write(store, putMail('sent'), putMail('unwanted', { dueAt: now + minute }), putMail('kept'))
      await claim(store)
      const drops: readonly Change[] = [
        { kind: 'outbox.drop', id: 'sent-mail' },
        { kind: 'outbox.drop', id: 'unwanted-mail' },
      ]
      await write(store, ...drops)
      await write(store, ...drops)
      assert.deepEqual(await claim(store, now + lease), ['kept-mail'])
    },
    { kind: 'outbox.drop', property: 'effect' },
  ),

  storeCase(
    'outbox.fail lets a mail wait until it is tried again',
    async (store) => {
      await write(store, putMail('mailed'))
      await claim(store)
      await write(store, fail('mailed', { retryAt: now + 2 * lease }))
      assert.deepEqual(await claim(store, now + 2 * lease - 1), [])
      const [mail] = await store.outbox.claim(now + 2 * lease, lease, 100)
      assert.deepEqual([mail?.body, mail?.attempts], ['secret-body', 2])
      assert.deepEqual(await store.outbox.failed(100), [])
    },
    { kind: 'outbox.fail', property: 'effect' },
  ),

  storeCase(
    'outbox.fail without another try keeps who, what, when and why, and is claimed no more',
    async (store) => {
      await write(store, create('ada'), putMail('first'), putMail('second', { userId: null }))
      await claim(store)
      await write(store, fail('first', { retryAt: null, reason: oddText }), fail('second', { retryAt: null, now: now + 1 }))
      assert.deepEqual(await claim(store, now + 100 * lease), [])
      const { id, mail, to, createdAt } = mailCalled('first')
      const first = { id, mail, userId: 'ada-id', to, createdAt, attempts: 1, failedAt: now, reason: oddText }
      assert.deepEqual((await store.outbox.failed(100))[1], first)
      assert.deepEqual(
        (await store.outbox.failed(1)).map((failed) => failed.id),
        ['second-mail'],
      )
      assert.equal(await store.outbox.nextDue(), null)
    },
    { kind: 'outbox.fail', property: 'effect' },
  ),

  storeCase(
    'outbox.fail is refused to whoever comes after somebody else claimed the mail, or after its end',
    async (store) => {
      await write(store, putMail('mailed'))
      await claim(store)
      await claim(store, now + lease)
      await refuses(store, { reason: 'stale' }, fail('mailed', { attempts: 1 }))
      await write(store, fail('mailed', { attempts: 2, retryAt: null }))
      await refuses(store, { reason: 'stale' }, fail('mailed', { attempts: 2, retryAt: now }))
      await refuses(store, { reason: 'gone' }, fail('unknown'))
    },
    { kind: 'outbox.fail', property: 'refusal' },
  ),

  storeCase('outbox.nextDue and outbox.count tell what waits, what is due and what failed', async (store) => {
    assert.deepEqual([await store.outbox.nextDue(), await store.outbox.count(now)], [null, { waiting: 0, due: 0, failed: 0 }])
    await write(store, putMail('later', { dueAt: now + 2 }), putMail('soon', { dueAt: now + 1 }), putMail('failing', { dueAt: now }))
    await claim(store)
    await write(store, fail('failing', { retryAt: null }))
    assert.equal(await store.outbox.nextDue(), now + 1)
    assert.deepEqual(await store.outbox.count(now), { waiting: 2, due: 0, failed: 1 })
    assert.deepEqual(await store.outbox.count(now + 1), { waiting: 2, due: 1, failed: 1 })
  }),

  storeCase('a mail about a user goes with the user, one about nobody stays', async (store) => {
    await write(store, create('ada'), putMail('hers'), putMail('nobodys', { userId: null }), { kind: 'users.delete', id: 'ada-id' })
    assert.deepEqual(await claim(store), ['nobodys-mail'])
  }),

  storeCase('durable.purge removes mails that expired, whether they wait or failed', async (store) => {
    await write(
      store,
      putMail('waiting', { expiresAt: now }),
      putMail('failing', { expiresAt: now }),
      putMail('kept', { expiresAt: now + 1 }),
    )
    await claim(store)
    await write(store, fail('failing', { retryAt: null }))
    assert.equal(await store.durable.purge(now, 100), 2)
    assert.deepEqual(await store.outbox.count(now + lease), { waiting: 1, due: 1, failed: 0 })
  }),
]
