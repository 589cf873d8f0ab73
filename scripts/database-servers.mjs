// How each database server is reached where it runs already, and started where it does not.
import { execFileSync, spawn } from 'node:child_process'
import { chownSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { findProgram, freePort, unprivileged } from './machine.mjs'

const scratch = `portcullis_check_${process.pid}`
const longestStartMs = 60_000

export const postgresServer = {
  name: 'PostgreSQL',
  variable: 'PORTCULLIS_POSTGRES_URL',
  debian: 'postgresql',
  local: [...new Set([userInfo().username, 'postgres', 'root'])].map((user) => `postgres://${user}@127.0.0.1:5432/postgres`),

  /** Throws unless this server lets us make what tests need. */
  async reach(url) {
    const { default: pg } = await import('pg')
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 })
    try {
      await client.connect()
      await client.query(`create schema ${scratch}; drop schema ${scratch}`)
    } finally {
      await client.end().catch(() => {})
    }
  },

  find: () => findProgram(['postgres'], ['/usr/lib/postgresql/*/bin', '/usr/pgsql-*/bin']),

  async start(program) {
    const { folder, ids } = makeFolder(['postgres'])
    const data = join(folder, 'data')
    const options = ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync']
    execFileSync(join(dirname(program), 'initdb'), options, { ...ids, cwd: folder, stdio: 'pipe' })
    const port = await freePort()
    const settings = ['listen_addresses=127.0.0.1', `unix_socket_directories=${folder}`, 'fsync=off', 'max_connections=200']
    const args = ['-D', data, '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])]
    return run(this, program, args, { folder, ids, url: `postgres://postgres@127.0.0.1:${port}/postgres`, signal: 'SIGINT' })
  },
}

export const mysqlServer = {
  name: 'MariaDB',
  variable: 'PORTCULLIS_MYSQL_URL',
  debian: 'mariadb-server',
  local: [...new Set([userInfo().username, 'root'])].map((user) => `mysql://${user}@127.0.0.1:3306/mysql`),

  async reach(url) {
    const { createConnection } = await import('mysql2/promise')
    const connection = await createConnection({ uri: url, connectTimeout: 5_000 })
    try {
      await connection.query(`create database ${scratch}`)
      await connection.query(`drop database ${scratch}`)
    } finally {
      await connection.end().catch(() => {})
    }
  },

  find: () => findProgram(['mariadbd', 'mysqld'], ['/usr/sbin', '/usr/libexec']),

  async start(program) {
    const { folder, ids } = makeFolder(['mysql'])
    const data = `--datadir=${join(folder, 'data')}`
    const installer = findProgram(['mariadb-install-db', 'mysql_install_db'])
    const isMariadb = installer !== null && /mariadb/i.test(execFileSync(program, ['--version'], { encoding: 'utf8' }))
    const [installs, ...args] = isMariadb
      ? [installer, '--no-defaults', data, '--auth-root-authentication-method=normal', '--skip-test-db']
      : [program, '--no-defaults', '--initialize-insecure', data]
    execFileSync(installs, args, { ...ids, cwd: folder, stdio: 'pipe' })
    const port = await freePort()
    const options = [`--port=${port}`, '--bind-address=127.0.0.1', `--socket=${join(folder, 's')}`, `--pid-file=${join(folder, 'pid')}`]
    const quick = ['--innodb-flush-log-at-trx-commit=0', '--skip-log-bin', '--skip-name-resolve']
    const url = `mysql://root@127.0.0.1:${port}/mysql`
    return run(this, program, ['--no-defaults', data, ...options, ...quick], { folder, ids, url, signal: 'SIGTERM' })
  },
}

/** A temporary folder that the server's user owns. */
function makeFolder(users) {
  const folder = mkdtempSync(join(tmpdir(), 'portcullis-server-'))
  const ids = unprivileged(users)
  if (ids.uid !== undefined) chownSync(folder, ids.uid, ids.gid)
  return { folder, ids }
}

/** Runs a server until `stop`, and waits until it answers. */
async function run(server, program, args, { folder, ids, url, signal }) {
  const log = join(folder, 'log')
  const output = openSync(log, 'a')
  const child = spawn(program, args, { ...ids, cwd: folder, stdio: ['ignore', output, output], detached: true })
  const ended = new Promise((resolve) => child.once('exit', resolve).once('error', resolve))
  const stop = async () => {
    child.kill(signal)
    await ended
    rmSync(folder, { recursive: true, force: true })
  }
  for (let waited = 0; child.exitCode === null && waited < longestStartMs; waited += 100) {
    try {
      await server.reach(url)
      return { url, stop }
    } catch {
      await pause(100)
    }
  }
  const said = readFileSync(log, 'utf8').trim().split('\n').slice(-5).join('\n')
  await stop()
  throw new Error(`${program} did not start:\n${said}`)
}
