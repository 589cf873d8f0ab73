/** Removes what has expired: when the application asks, and now and then by itself, by one process at a time. */
import { randomInt } from 'node:crypto'
import { setImmediate as turn } from 'node:timers/promises'
import type { Kernel } from './kernel.ts'
import { tryCommitOwn } from './write.ts'

/** How many rows go at once: few at first, then as many as take about so many milliseconds, so that no lock is held for long. */
const batch = { first: 100, least: 25, most: 1600, ms: 10 }

/** Does what is due, then removes expired rows batch by batch, while it `goesOn`; how much. */
export async function purge(kernel: Kernel, goesOn: () => boolean = () => true): Promise<number> {
  await kernel.ready()
  let removed = await doDueWork(kernel, goesOn)
  for (const half of [kernel.store.fleeting, kernel.store.durable]) {
    let size = batch.first
    while (goesOn()) {
      const begin = performance.now()
      const gone = await half.purge(kernel.clock(), size)
      removed += gone
      await turn() // requests go between batches
      if (gone < size) break
      size = nextSize(size, performance.now() - begin)
    }
  }
  return removed
}

/** What features have to do by themselves. */
async function doDueWork(kernel: Kernel, goesOn: () => boolean): Promise<number> {
  const { store } = kernel
  let done = 0
  for (const { name, upkeep } of kernel.features) {
    if (!upkeep || !goesOn()) continue
    try {
      done += await upkeep({
        now: kernel.clock(),
        reads: store.reads,
        commit: (step) => tryCommitOwn(kernel, step),
        endSessions: async (userId) => void (await store.sessions.endAll(userId, null)),
        report: kernel.report,
      })
    } catch (error) {
      kernel.report(error, `the upkeep of ${name} failed`) // rows expire all the same
    }
  }
  return done
}

function nextSize(size: number, took: number): number {
  if (took > batch.ms) return Math.max(batch.least, Math.floor(size / 2))
  return took < batch.ms / 3 ? Math.min(batch.most, size * 2) : size
}

/** What goes on by itself until it is stopped. */
export interface Upkeep {
  /** Ends it, and waits for the batch that is under way. */
  stop(): Promise<void>
}

/** Whose turn it is to purge: an entry that one process makes, and that counts until it expires. */
const lease = { feature: 'portcullis', key: 'purge' } as const

/** Purges every so many milliseconds, or a little later, so that processes that started together spread. Holds no process open. */
export function startUpkeep(kernel: Kernel, every: number): Upkeep {
  let isStopped = false
  let underWay: Promise<void> = Promise.resolve()
  let timer = setTimeout(run, randomInt(every)).unref()

  function run(): void {
    underWay = purgeInTurn(kernel, every, () => !isStopped)
      .catch((error: unknown) => kernel.report(error, 'expired rows could not be removed'))
      .finally(() => {
        if (!isStopped) timer = setTimeout(run, every + randomInt(Math.ceil(every / 4))).unref()
      })
  }

  return {
    async stop() {
      isStopped = true
      clearTimeout(timer)
      await underWay
    },
  }
}

/** Purges unless another process has done so within the time. What was not finished is left to whoever comes next. */
async function purgeInTurn(kernel: Kernel, every: number, goesOn: () => boolean): Promise<void> {
  await kernel.ready()
  const now = kernel.clock()
  const until = now + every
  const { durable } = kernel.store
  const taken = { kind: 'records.put', ...lease, userId: null, value: null, secret: null, expiresAt: until, expect: 0, now } as const
  if (!(await durable.write([taken])).ok) return
  let isDone = false
  try {
    await purge(kernel, () => goesOn() && kernel.clock() < until)
    isDone = goesOn()
  } finally {
    if (!isDone && kernel.clock() < until) await giveBack(kernel)
  }
}

/** Lets another process try at once. When that fails too, the lease ends by itself; the first error is the one to tell. */
async function giveBack({ store }: Kernel): Promise<void> {
  try {
    await store.durable.write([{ kind: 'records.drop', ...lease }])
  } catch {}
}
