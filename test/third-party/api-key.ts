/** Keys for programs, as somebody else would write them: a scheme, an identifier and a door-keeper over the public exports. */
import { AuthError, type Feature, type Reads, type Recognised, type UserRecord } from 'portcullis'

const name = 'api-key'

/** The header that a program sends. */
export const apiKeyHeader = 'x-api-key'

/** Keys made at `/api-keys` in a fresh session and sent in a header; `staff:<number>` names a user at login. */
export function apiKey(): Feature {
  return {
    name,
    routes: [
      {
        name: 'api-keys.create',
        path: '/api-keys',
        access: 'fresh',
        on: {
          POST: async (ctx) => {
            const { user } = (await ctx.subject()).record
            const { token, hash } = ctx.token(name)
            const row = { feature: name, key: hash, userId: user.id, value: null, secret: null, expiresAt: null, expect: 0, now: ctx.now }
            await ctx.commit({ changes: [{ kind: 'records.put', ...row }] })
            return ctx.json({ key: token })
          },
        },
      },
    ],
    proofs: [{ method: name, channel: name, as: ['first'], has: async (reads, record) => (await keysOf(reads, record)) > 0 }],
    schemes: [
      {
        name,
        ambient: false,
        recognise: async (ground): Promise<Recognised | 'absent' | 'refused'> => {
          const sent = ground.head.header(apiKeyHeader)
          if (sent === null) return 'absent'
          const entry = await ground.reads.records.get(name, ground.hash(name, sent), ground.now)
          return entry?.userId ? { userId: entry.userId, proven: { method: name } } : 'refused'
        },
        challenges: (_ground, why) => [why === 'refused' ? 'ApiKey realm="api", error="invalid_key"' : 'ApiKey realm="api"'],
      },
    ],
    identifier: {
      name: 'staff',
      canonical: (typed) => /^staff:0*(\d{1,6})$/i.exec(typed.trim())?.[1] ?? null,
      find: async (reads, number) => {
        const entry = await reads.records.get(name, `staff ${number}`, 0)
        return entry?.userId ? reads.users.byId(entry.userId) : null
      },
    },
    admit: ({ user }, { method }) => {
      if (user.extra.closed === true) throw new AuthError('forbidden', { message: `The office closed this account to ${method}.` })
    },
  }
}

async function keysOf(reads: Reads, { user }: UserRecord): Promise<number> {
  return (await reads.records.listOf(name, user.id, 0)).length
}
