/** Starts the demo: `npm run demo`. Read this file first, then app.ts. */
import { createApp } from './app.ts'
import { adminEmail, createDemoAuth, seedAdmin } from './auth.ts'
import { openDatabase } from './database.ts'
import { listen, stop } from './listen.ts'
import { readSettings } from './settings.ts'

async function start(): Promise<void> {
  const settings = readSettings(process.env)
  const database = openDatabase(settings.database)
  const auth = createDemoAuth(settings, database)
  await auth.ready
  const works = await seedAdmin(auth, settings.adminPassword)
  const servers = await listen(createApp({ auth, database, development: settings.development }), settings.port)

  async function end(): Promise<void> {
    await stop(servers)
    await auth.close()
    database.close()
  }
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void end().catch(fail))

  console.log(`Portcullis demo: ${settings.origin}`)
  console.log(`admin: ${adminEmail} ${settings.adminPassword}`)
  if (!works) console.log(`  (changed since; to start anew, delete ${settings.database} and what stands beside it)`)
}

/** A mistake in the settings is a sentence; the process ends. */
function fail(error: unknown): void {
  console.error(error instanceof Error ? error.message : error)
  process.exit(1)
}

start().catch(fail)
