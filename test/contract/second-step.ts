/** A second factor of the tests: whoever set it up proves it by the text `123456`. */

import { text } from '../../src/index.ts'
import type { Feature } from '../../src/kernel/feature.ts'

/** Its name, and how it differs from the plain one. */
export interface SecondStepOptions {
  /** Its method and its name. */
  readonly method?: string
  /** Its own unless said otherwise. */
  readonly channel?: string
  readonly cheap?: true
}

/** Routes `<method>` (owed) and `<method>.setup` (fresh or set-up); setting the first one up rotates the stamp. */
export function secondStep({ method = 'code', channel = method, cheap }: SecondStepOptions = {}): Feature {
  return {
    name: method,
    proofs: [
      {
        method,
        channel,
        as: ['second'],
        field: method,
        route: method,
        setup: `${method}.setup`,
        ...(cheap && { cheap }),
        has: async (reads, { user }) => (await reads.records.get(method, user.id, 0)) !== null,
        verify: async (_ground, _record, value) => (value === '123456' ? { proven: { method } } : null),
      },
    ],
    routes: [
      {
        name: method,
        path: `/${method}`,
        access: 'owed',
        login: true,
        on: { POST: async (ctx) => ctx.proveBy(method, (await ctx.fields({ code: text({ secret: true }) })).code) },
      },
      {
        name: `${method}.setup`,
        path: `/${method}/setup`,
        access: ['fresh', 'setup'],
        login: true,
        on: {
          POST: async (ctx) => {
            const { user, stamp } = (await ctx.subject()).record
            const entry = {
              feature: method,
              key: user.id,
              userId: user.id,
              value: null,
              secret: null,
              expiresAt: null,
              expect: 0,
              now: ctx.now,
            }
            const changes = [
              { kind: 'records.put', ...entry },
              { kind: 'users.update', id: user.id, set: { stamp: ctx.id() }, when: { stamp } },
            ] as const
            return ctx.prove({ method }, { changes })
          },
        },
      },
    ],
  }
}

/** Proves whoever asks by the channel of mail: a first factor of the same channel as a second step by mail. */
export const byMail: Feature = {
  name: 'by-mail',
  proofs: [{ method: 'by-mail', channel: 'mail', as: ['first'], has: () => true }],
  routes: [
    {
      name: 'by-mail',
      path: '/by-mail',
      access: 'anyone',
      login: true,
      on: {
        POST: async (ctx) => {
          const { record } = await ctx.identify('alice@example.com')
          return record ? ctx.login(record, { method: 'by-mail' }) : ctx.json({})
        },
      },
    },
  ],
}
