/** Mistakes that systems like this one have had, each as a patch of the sources, with the test that must notice it. */
import type { Replacement } from './plant.ts'

/** A mistake and who notices. */
export interface Defect {
  readonly name: string
  readonly patch: readonly Replacement[]
  /** The file and the beginning of the name of the test that must fail. */
  readonly caughtBy: { readonly file: string; readonly test: string; readonly needsServers?: true }
}

/** In the order of the list that they come from. */
export const defects: readonly Defect[] = [
  {
    name: 'early return on unknown user',
    patch: [
      {
        file: 'src/kernel/ground.ts',
        search: '  const stored = record?.passwordHash ?? null\n',
        replace: '  if (!record) return false\n  const stored = record.passwordHash\n',
      },
    ],
    caughtBy: { file: 'test/same-work/login.test.ts', test: 'AL-FST-A8: a refused login by JSON asks the same of store and hashing' },
  },
  {
    name: 'get-then-delete token',
    patch: [
      {
        file: 'src/stores/sql/store.ts',
        search: 'take: (hash, now) => write(() => drawers().tickets.tickets.take(hash, now)),',
        replace: `take: async (hash, now) => {
        const found = await read(() => drawers().tickets.tickets.find(hash, now))
        await new Promise((resolve) => setImmediate(resolve))
        if (found) await write(() => drawers().tickets.tickets.take(hash, now))
        return found
      },`,
      },
    ],
    caughtBy: { file: 'test/stores/contract.test.ts', test: 'of many callers that take one ticket, one gets it' },
  },
  {
    name: 'get-then-set spent id',
    patch: [
      {
        file: 'src/stores/redis/tickets.ts',
        search: "return (await run('set', key('spent', JSON.stringify(id)), '', 'PX', lifetime(expiresAt, now), 'NX')) !== null",
        replace: `const found = await run('get', key('spent', JSON.stringify(id)))
      if (found === null) await run('set', key('spent', JSON.stringify(id)), '', 'PX', lifetime(expiresAt, now))
      return found === null`,
      },
    ],
    caughtBy: { file: 'test/stores/redis-cluster.test.ts', test: 'of many callers that spend one id, one succeeds', needsServers: true },
  },
  {
    name: 'get-then-set count of tries',
    patch: [
      {
        file: 'src/stores/sql/network.ts',
        search: "inTransaction(connection, 'short', () => drive(make(), connection, true), commits)",
        replace: "inTransaction(connection, 'short', () => drive(make(), connection, false), commits)",
      },
    ],
    caughtBy: {
      file: 'test/stores/network.test.ts',
      test: 'many callers that count on one key, on as many connections',
      needsServers: true,
    },
  },
  {
    name: 'missing await on revoke',
    patch: [
      {
        file: 'src/kernel/session.ts',
        search: 'if (exchange.session) await exchange.kernel.store.sessions.end(',
        replace: 'if (exchange.session) void exchange.kernel.store.sessions.end(',
      },
    ],
    caughtBy: { file: 'test/defects/late-store.test.ts', test: 'every route has done its writes when it answers' },
  },
  {
    name: 'startsWith on origin',
    patch: [
      {
        file: 'src/http/csrf.ts',
        search: 'origins.includes(origin)',
        replace: 'origins.some((ours) => origin.startsWith(ours))',
      },
    ],
    caughtBy: { file: 'src/http/csrf.test.ts', test: '{"origin":"https://example.com.evil.example"} is refused' },
  },
  {
    name: 'allow on store error, in a guard',
    patch: [
      {
        file: 'src/kernel/guard.ts',
        search: 'await kernel.store.reads.roles.permissionsOf(user.id)',
        replace: 'await (async () => kernel.store.reads.roles.permissionsOf(user.id))().catch(() => rule.permissions ?? [])',
      },
    ],
    caughtBy: { file: 'test/defects/failing-store.test.ts', test: 'a guard that cannot ask the store lets nobody in' },
  },
  {
    name: 'allow on store error, in the throttle',
    patch: [
      {
        file: 'src/kernel/throttle.ts',
        search: 'await attempts[how](tries, exchange.kernel.clock())',
        replace: 'await (async () => attempts[how](tries, exchange.kernel.clock()))().catch(() => ({ ok: true }) as const)',
      },
    ],
    caughtBy: { file: 'test/defects/failing-store.test.ts', test: 'a login whose store fails anywhere opens no session' },
  },
  {
    name: 'Math.random token',
    patch: [
      {
        file: 'src/crypto/random.ts',
        search: 'Buffer.from(random(bytes))',
        replace: 'Buffer.from(Array.from(random(bytes), () => Math.random() * 256))',
      },
    ],
    caughtBy: { file: 'test/defects/chance.test.ts', test: 'no secret asks Math.random' },
  },
  {
    name: 'password change without revocation',
    patch: [
      { file: 'src/features/password/change.ts', search: 'const next = ctx.id()', replace: 'const next = stamp' },
      { file: 'src/features/password/change.ts', search: "  await ctx.endSessions(user.id, 'others')\n", replace: '' },
    ],
    caughtBy: { file: 'test/flows/change-password.test.ts', test: 'AL-FST-B4' },
  },
  {
    name: 'count after compare',
    patch: [
      {
        file: 'src/kernel/throttle.ts',
        search: "  await countTry(exchange, guess, 'add')\n  const result = await verify()\n",
        replace: "  const result = await verify()\n  await countTry(exchange, guess, 'add')\n",
      },
    ],
    caughtBy: { file: 'test/throttle/waits.test.ts', test: 'of guesses that run at the same time no more are hashed than there are tries' },
  },
]
