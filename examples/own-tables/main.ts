/** Starts the example on a SQLite file: `node examples/own-tables/main.ts`, after `npm run build`. */
import { DatabaseSync } from 'node:sqlite'
import { serve } from '@hono/node-server'
import { sqlite } from 'portcullis/stores/sqlite'
import { createApp, type Notes } from './app.ts'
import { createMemberAuth, type Member, tables, userColumns } from './auth.ts'
import { schema } from './schema.ts'

const database = new DatabaseSync('own-tables.db')
database.exec(schema.sqlite)

const notes: Notes = {
  async add(author, content) {
    database.prepare('insert into notes (author, content) values (?, ?)').run(author, content)
  },
  async byPlan(plan) {
    const rows = database
      .prepare('select "Full name" as name, content from notes join people on person_id = author where plan = ?')
      .all(plan)
    return rows.map(({ name, content }) => ({ name: String(name), content: String(content) }))
  },
}

const origin = 'http://localhost:3000'
const secret = process.env.AUTH_SECRET ?? 'for this example only: 8Jq2vXm4Tz7LrPw9'
const auth = createMemberAuth(sqlite<Member>(database, { tables, userColumns }), { origin, secret })
await auth.ready
serve({ fetch: createApp(auth, notes).fetch, port: 3000 })
console.log(`Open ${origin}${auth.urlFor('register')}`)
