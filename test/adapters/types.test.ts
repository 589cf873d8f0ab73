/** What handlers get is typed as the application's own user, without a word from the application. The compiler is the test. */
import assert from 'node:assert/strict'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { test } from 'node:test'
import { Hono } from 'hono'
import * as honoAdapter from '../../src/adapters/hono.ts'
import * as nodeAdapter from '../../src/adapters/node.ts'
import type { Identity } from '../../src/index.ts'
import { createTestAuth, type Member } from './served.ts'

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false

function isSame<A, B>(same: Same<A, B>): boolean {
  return same
}

test("behind Hono, identity.user is the application's own type", () => {
  const auth = createTestAuth()
  const app = new Hono<{ Variables: { requestId: string } }>()
  app.get('/', honoAdapter.requireUser(auth, { roles: ['admin'] }), (c) => {
    const identity = c.get('identity')
    isSame<typeof identity, Identity<Member>>(true)
    // @ts-expect-error The application has no such field.
    void identity.user.extra.nickname
    return c.text(`${c.get('requestId')} ${identity.user.extra.name}`)
  })
  app.get('/unguarded', (c) => {
    // @ts-expect-error Nobody put an identity there.
    void c.get('identity')
    return c.text('')
  })
  assert.ok(isSame<Awaited<ReturnType<typeof honoAdapter.currentUser<Member>>>, Member | null>(true))
})

test("behind node:http, identity.user is the application's own type", () => {
  const guard = nodeAdapter.requireUser(createTestAuth())
  isSame<typeof guard, (request: IncomingMessage, reply: ServerResponse) => Promise<Identity<Member> | null>>(true)
  assert.ok(guard)
})
