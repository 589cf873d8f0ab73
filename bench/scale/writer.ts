/** Asks for the lock of a database without a pause, from a process of its own, and tells for how long somebody else had it at most. */
import { DatabaseSync } from 'node:sqlite'
import { postgres } from 'portcullis/stores/postgres'
import { answerParent } from '../kit/child.ts'

const [address = ''] = process.argv.slice(2)
const write = address.startsWith('postgres') ? await writerOnPostgres() : lockOnSqlite()
let isOver = false
let longest = 0
let writing: Promise<void> = Promise.resolve()

/** A write of another row. */
async function writerOnPostgres(): Promise<() => Promise<void>> {
  const store = postgres(address)
  await store.durable.open()
  return async () => store.meta.put('bench', 'written')
}

/** The one lock that writers of a SQLite file have; asked for again and again, since SQLite itself would sleep for ever longer. */
function lockOnSqlite(): () => void {
  const database = new DatabaseSync(address)
  database.exec('pragma busy_timeout = 0')
  return () => {
    for (;;) {
      try {
        database.exec('begin immediate; rollback')
        return
      } catch {}
    }
  }
}

async function writeOn(): Promise<void> {
  while (!isOver) {
    const begin = performance.now()
    await write()
    longest = Math.max(longest, performance.now() - begin)
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
}

answerParent('ready', async (what) => {
  if (what === 'start') {
    writing = writeOn()
    return 0
  }
  isOver = true
  await writing
  return longest
})
