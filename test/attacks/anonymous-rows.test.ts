/** Whoever proves nothing leaves nothing behind: random cookies on every route, and no row but counts of tries and decoys of links, which expire. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { sqlite } from '../../src/stores/sqlite.ts'
import { createDice, type Dice, seed } from './random.ts'
import { createSite, origin, type Site } from './site.ts'

const count = process.env.PORTCULLIS_SOAK === '1' ? 100_000 : 20_000
const alphabet = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_']

test(`THR-10 THR-15 ${count} anonymous requests with random cookies leave no row but counts of tries, decoys of links and what the audit keeps of both, and those expire`, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'portcullis-rows-'))
  const file = join(folder, 'rows.db')
  const database = new DatabaseSync(file)
  database.exec('pragma journal_mode = wal; pragma synchronous = off') // nothing here outlives a power cut
  t.after(() => {
    database.close()
    rmSync(folder, { recursive: true })
  })
  const site = await createSite(sqlite(database))
  await site.auth.settled()
  const before = countRows(file)
  assert.ok(before.size > 8, [...before.keys()].join(', '))

  for (let number = 0; number < count; number++) await ask(site, number)

  await site.auth.settled()
  const after = countRows(file)
  const grown = [...after].filter(([table, rows]) => rows !== before.get(table)).map(([table]) => table)
  assert.deepEqual(grown, [attempts, audit, links], `PORTCULLIS_SEED=${seed}`)
  assert.ok((after.get(attempts) ?? 0) > 20, 'wrong guesses were counted')
  site.clock.advance(366 * 86_400_000)
  await site.auth.purge()
  for (const table of [attempts, audit, links, outbox]) assert.equal(countRows(file).get(table), 0, table)
})

const attempts = 'portcullis_attempts'
/** Wrong guesses, and what visitors asked for. */
const audit = 'portcullis_audit'
/** Decoys of the mails that visitors asked for: as many as the limits allow, for addresses that nobody has too. */
const links = 'portcullis_links'
const outbox = 'portcullis_outbox'

/** How many rows each table of a file has, seen over a connection of its own. */
function countRows(file: string): ReadonlyMap<string, number> {
  const database = new DatabaseSync(file, { readOnly: true })
  const tables = database.prepare("select name from sqlite_schema where type = 'table' and name not like 'sqlite%' order by name").all()
  const rows = tables.map(({ name }) => [String(name), Number(database.prepare(`select count(*) as n from "${name}"`).get()?.n)] as const)
  database.close()
  return new Map(rows)
}

async function ask({ auth, cookieNames, clock }: Site, number: number): Promise<void> {
  const dice = createDice(seed, number)
  const route = dice.pick(auth.routes)
  const method = dice.pick(route.methods)
  const cookie = cookieNames.map((name) => `${name}=${randomText(dice, dice.pick([16, 43, 43, 43, 90]))}`).join('; ')
  const isPage = dice.percent(50)
  const body = JSON.stringify({ email: `guest${dice.below(500)}@example.com`, password: 'short', code: '000000' })
  const headers = { cookie, accept: isPage ? 'text/html' : 'application/json', 'content-type': 'application/json' }
  const request = new Request(origin + route.path, { method, headers, ...(method !== 'GET' && { body }) })
  const response = await auth.handle(request)
  const opened = response?.headers.getSetCookie().filter((line) => /session|ticket|device/.test(line) && !line.includes('Max-Age=0'))
  assert.deepEqual(opened, [], `PORTCULLIS_SEED=${seed}: request ${number} to ${route.name}`)
  clock.advance(1000)
}

function randomText(dice: Dice, length: number): string {
  return Array.from({ length }, () => dice.pick(alphabet)).join('')
}
