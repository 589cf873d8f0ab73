/** What the demo is told by the environment, and what it makes up once and keeps beside its database. */
import { randomBytes, randomUUID } from 'node:crypto'
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'

/** Everything the demo can be told. */
export interface Settings {
  readonly port: number
  /** Where browsers see it. */
  readonly origin: string
  /** The path of the SQLite file. */
  readonly database: string
  /** What the toolkit seals and signs with. */
  readonly secret: string
  readonly adminPassword: string
  /** Where mails are sent besides the demo's own mailbox. */
  readonly smtpUrl: string | null
  /** Whether registrations wait for a mailed link: `DEMO_CONFIRM=1`. */
  readonly confirms: boolean
  /** Whether `/dev/clock` and `/dev/mailbox` are there. */
  readonly development: boolean
}

/** Reads the environment. @throws Error with a sentence that says what to change */
export function readSettings(env: Readonly<Record<string, string | undefined>>): Settings {
  const port = readPort(env.PORT || '3000')
  const database = resolve(env.DEMO_DB || '.demo/demo.db')
  mkdirSync(dirname(database), { recursive: true })
  return {
    port,
    origin: env.DEMO_ORIGIN || `http://localhost:${port}`,
    database,
    secret: env.AUTH_SECRET || keep(`${database}.secret`, randomText),
    adminPassword: keep(`${database}.admin-password`, randomText),
    smtpUrl: env.SMTP_URL || null,
    confirms: env.DEMO_CONFIRM === '1',
    development: env.NODE_ENV !== 'production',
  }
}

function readPort(text: string): number {
  const port = Number(text)
  if (!/^\d+$/.test(text) || port < 1 || port > 65_535) throw new Error(`PORT must be a number from 1 to 65535; it is "${text}".`)
  return port
}

function randomText(): string {
  return randomBytes(32).toString('base64url')
}

/**
 * What a file holds; it is made when it is not there.
 *
 * Written aside and then linked into place: of two demos that start at once one is the first, and neither sees half a file.
 */
function keep(file: string, make: () => string): string {
  const draft = `${file}.${randomUUID()}`
  try {
    writeFileSync(draft, make(), { mode: 0o600 })
    linkSync(draft, file)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  } finally {
    rmSync(draft, { force: true })
  }
  return readFileSync(file, 'utf8').trim()
}
