/** Two server processes on one SQLite file, and a clock that they share. */
import assert from 'node:assert/strict'
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClock, type MovableClock } from '../../src/testing/clock.ts'
import type { Result, Task } from './contender.ts'

/** A task without the time, which comes from the clock. */
export type Order = Task extends infer T ? (T extends Task ? Omit<T, 'now'> : never) : never

/** Two servers that share one file. */
export interface Servers {
  readonly clock: MovableClock
  /** One of them does it. */
  tell(order: Order): Promise<Result>
  /** Both do it at the same time; what they did together. */
  tellBoth(order: Order): Promise<Result>
  /** Ends both and starts two new ones on the same file. */
  restart(): Promise<void>
  /** Ends both and removes the file. */
  stop(): Promise<void>
}

/** Starts two. `hops` is how many proxies they trust. */
export async function startServers(hops?: number): Promise<Servers> {
  const folder = mkdtempSync(join(tmpdir(), 'portcullis-storm-'))
  const file = join(folder, 'storm.db')
  const clock = createClock()
  let pair = await startPair(file, hops)
  const order = (server: ChildProcess, what: Order): Promise<Result> => tell(server, { ...what, now: clock() })
  return {
    clock,
    tell: (what) => order(pair[0], what),
    tellBoth: async (what) => together(await Promise.all(pair.map((server) => order(server, what)))),
    restart: async () => {
      await stopPair(pair)
      pair = await startPair(file, hops)
    },
    stop: async () => {
      await stopPair(pair)
      rmSync(folder, { recursive: true })
    },
  }
}

type Pair = readonly [ChildProcess, ChildProcess]

async function startPair(file: string, hops?: number): Promise<Pair> {
  return Promise.all([start(file, hops), start(file, hops)])
}

async function start(file: string, hops?: number): Promise<ChildProcess> {
  const server = fork(join(import.meta.dirname, 'contender.ts'), hops === undefined ? [file] : [file, String(hops)])
  assert.equal(await messageOf(server), 'ready')
  return server
}

async function stopPair(pair: Pair): Promise<void> {
  const ends = pair.map((server) => once(server, 'exit'))
  for (const server of pair) server.disconnect()
  await Promise.all(ends)
}

async function tell(server: ChildProcess, task: Task): Promise<Result> {
  server.send(task)
  const message = await messageOf(server)
  assert.ok(isResult(message), `unexpected: ${String(message)}`)
  return message
}

async function messageOf(server: ChildProcess): Promise<unknown> {
  const [message]: unknown[] = await once(server, 'message')
  return message
}

function isResult(message: unknown): message is Result {
  return typeof message === 'object' && message !== null && 'statuses' in message
}

function together(results: readonly Result[]): Result {
  const statuses: Record<number, number> = {}
  for (const result of results)
    for (const [status, count] of Object.entries(result.statuses)) statuses[Number(status)] = (statuses[Number(status)] ?? 0) + count
  return { statuses, hashes: results.reduce((sum, { hashes }) => sum + hashes, 0), cookie: results[0]?.cookie ?? '' }
}
