/** Bench `session`: what recognising a session costs in process. */
import { withChildren } from './kit/child.ts'
import { alternate, median, medianRatio } from './kit/measure.ts'
import type { Section } from './kit/results.ts'

const rounds = 15
const turnMs = 200
const warmUpMs = 3000
const atLeast = 60

const contenders = {
  statement: 'session/statement.ts',
  memory: 'session/portcullis-memory.ts',
  sqlite: 'session/portcullis-sqlite.ts',
  betterAuth: 'session/better-auth-plain.ts',
  cached: 'session/better-auth-cached.ts',
} as const

type Contender = keyof typeof contenders

export async function run(): Promise<Section> {
  const took = await withChildren(contenders, async (children) => {
    const names = Object.keys(contenders) as Contender[]
    const turn = (name: Contender, ms: number) => async () => Number(await children[name].ask(ms))
    for (const name of names) await turn(name, warmUpMs)()
    const turns = Object.fromEntries(names.map((name) => [name, turn(name, turnMs)])) as Record<Contender, () => Promise<number>>
    return alternate(turns, rounds)
  })

  const shown = (name: Contender): string => `${median(took[name]).toFixed(1)} µs`
  const faster = (than: Contender, name: Contender): number => medianRatio(took[than], took[name])
  const plain = faster('betterAuth', 'sqlite')
  return {
    title: 'Recognising a session, in process',
    how: `Median of ${rounds} alternating rounds of ${turnMs} ms, each contender in a process of its own, after a login through its own API. SQLite is a file with write-ahead logging and \`synchronous=FULL\`. The ratio is how many times faster Portcullis on SQLite is, round by round.`,
    columns: { measured: 'one request', ratio: 'Portcullis on SQLite is' },
    lines: [
      { what: 'the bare prepared statement', measured: shown('statement'), ratio: `${faster('statement', 'sqlite').toFixed(2)} ×` },
      { what: 'Portcullis, `auth.identify`, memory', measured: shown('memory'), ratio: `${faster('memory', 'sqlite').toFixed(2)} ×` },
      { what: 'Portcullis, `auth.identify`, SQLite', measured: shown('sqlite'), ratio: '1 ×' },
      {
        what: 'better-auth, `getSession`, SQLite',
        measured: shown('betterAuth'),
        ratio: `${plain.toFixed(1)} ×`,
        limit: `at least ${atLeast} ×`,
        met: plain >= atLeast,
      },
      { what: 'better-auth, `getSession`, cookie cache', measured: shown('cached'), ratio: `${faster('cached', 'sqlite').toFixed(1)} ×` },
    ],
  }
}
