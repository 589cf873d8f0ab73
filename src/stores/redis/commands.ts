/** Sends commands to Redis: each ends in time, and says in the stores' own words when Redis is gone. */
import { hash } from 'node:crypto'
import { inTime, StoreUnavailableError } from '../deadline.ts'

/** What the store needs of a client: `Redis` and `Cluster` of `ioredis` have it. */
export interface RedisClient {
  call(command: string, ...args: (string | number)[]): Promise<unknown>
  /** Of a cluster: its servers. */
  nodes?(role: 'master'): readonly Pick<RedisClient, 'call'>[]
}

/** A script that Redis runs as one atomic step. */
export interface Script {
  readonly text: string
  readonly digest: string
}

/** Commands of one installation: their keys have its prefix, and one hash tag, so that all are in one slot of a cluster. */
export interface Commands {
  /** The whole name of a key. */
  key(kind: string, name?: string): string
  run(command: string, ...args: (string | number)[]): Promise<unknown>
  /** Runs a script by its digest; its text is sent to a server that does not know it. */
  runScript(script: Script, keys: readonly string[], args: readonly (string | number)[], late?: Late): Promise<unknown>
}

/** Is told what Redis answered after the caller was told that it did not: a command cannot be called back, but made good. */
export type Late = (answer: unknown) => Promise<void>

/** Keeps a script by its text. */
export function script(text: string): Script {
  return { text, digest: hash('sha1', text) }
}

/** Makes the commands of an installation. */
export function redisCommands(connect: () => RedisClient, prefix: string): Commands {
  async function send(late: Late | undefined, command: string, ...args: (string | number)[]): Promise<unknown> {
    let answer: Promise<unknown> | undefined
    try {
      answer = connect().call(command, ...args)
      return await inTime(answer)
    } catch (error) {
      if (late) answer?.then(late).catch(() => {}) // the caller knows of the failure
      throw told(error)
    }
  }

  return {
    key: (kind, name) => `{${prefix}}:${kind}${name === undefined ? '' : `:${name}`}`,
    run: (command, ...args) => send(undefined, command, ...args),
    async runScript({ text, digest }, keys, args, late) {
      try {
        return await send(late, 'evalsha', digest, keys.length, ...keys, ...args)
      } catch (error) {
        if (!startsWith(error, 'NOSCRIPT')) throw error
        return send(late, 'eval', text, keys.length, ...keys, ...args)
      }
    },
  }
}

/** What Redis answers when it cannot serve for now: it loads, its disk or memory is full, a failover is under way. */
const passing = [
  'LOADING',
  'READONLY',
  'MASTERDOWN',
  'CLUSTERDOWN',
  'TRYAGAIN',
  'NOREPLICAS',
  'MISCONF',
  'OOM',
  'BUSY',
  'NOAUTH',
  'WRONGPASS',
]

/** An error that Redis answered is a mistake unless it passes; any other came from the way there. */
function told(error: unknown): unknown {
  if (error instanceof StoreUnavailableError) return error
  const isAnswer = error instanceof Error && error.name === 'ReplyError'
  return isAnswer && !passing.some((code) => startsWith(error, code)) ? error : new StoreUnavailableError(error)
}

function startsWith(error: unknown, code: string): boolean {
  return error instanceof Error && error.message.startsWith(`${code} `)
}
