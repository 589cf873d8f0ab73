/** A process of an older release during an upgrade: it asks what that release asks at every request, over and over. */
import { DatabaseSync } from 'node:sqlite'
import { setImmediate as turn } from 'node:timers/promises'
import { createConnection, type ResultSetHeader, type RowDataPacket } from 'mysql2/promise'
import pg from 'pg'

/** What to ask of which database: each statement must find or change one row. */
export interface Traffic {
  readonly kind: 'sqlite' | 'postgres' | 'mysql'
  readonly at: string
  readonly statements: readonly string[]
}

/** What came of it. */
export interface Outcome {
  readonly asked: number
  /** What went wrong, and how. */
  readonly refused: readonly string[]
  readonly slowestMs: number
}

/** Runs a statement; how many rows it found or changed. */
type Ask = (sql: string) => Promise<number>

const connects: Readonly<Record<Traffic['kind'], (at: string) => Promise<Ask>>> = {
  sqlite: async (at) => {
    const database = new DatabaseSync(at)
    database.exec('pragma busy_timeout = 3000')
    return async (sql) => {
      const statement = database.prepare(sql)
      return sql.startsWith('select') ? statement.all().length : Number(statement.run().changes)
    }
  },
  postgres: async (at) => {
    const client = new pg.Client({ connectionString: at })
    await client.connect()
    // As the store does it: prepared under a name, so that a plan of before the upgrade is used after it.
    const names = new Map<string, string>()
    return async (text) => {
      const name = names.get(text) ?? `statement_${names.size}`
      names.set(text, name)
      return (await client.query({ text, name })).rowCount ?? 0
    }
  },
  mysql: async (at) => {
    const connection = await createConnection(at)
    return async (sql) => {
      const [result] = await connection.execute<RowDataPacket[] | ResultSetHeader>(sql)
      if (Array.isArray(result)) return result.length
      return Number(/matched: (\d+)/.exec(result.info)?.[1])
    }
  },
}

let goesOn = true

async function askOn({ kind, at, statements }: Traffic): Promise<Outcome> {
  const ask = await connects[kind](at)
  const refused: string[] = []
  let asked = 0
  let slowestMs = 0
  while (goesOn) {
    for (const sql of statements) {
      const begun = performance.now()
      try {
        const found = await ask(sql)
        if (found !== 1) refused.push(`${found} rows: ${sql}`)
      } catch (error) {
        refused.push(`${error}: ${sql}`)
      }
      slowestMs = Math.max(slowestMs, performance.now() - begun)
      asked++
    }
    process.send?.({ asked })
    await turn()
  }
  return { asked, refused, slowestMs }
}

process.on('message', async (message: Traffic | 'stop') => {
  if (message === 'stop') {
    goesOn = false
    return
  }
  const outcome = await askOn(message)
  process.send?.({ outcome }, () => process.exit())
})
