// How each database server is reached where it runs already, and started where it does not.
import { execFileSync } from 'node:child_process'
import { chownSync, mkdtempSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { dirname, join } from 'node:path'
import { findProgram, freePort, unprivileged } from './machine.mjs'
import { runServer } from './server-process.mjs'

const scratch = `portcullis_check_${process.pid}`

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
    return runServer(this, program, args, { folder, ids, url: `postgres://postgres@127.0.0.1:${port}/postgres`, signal: 'SIGINT' })
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
    const quick = ['--innodb-flush-log-at-trx-commit=2', '--skip-log-bin', '--skip-name-resolve']
    const url = `mysql://root@127.0.0.1:${port}/mysql`
    return runServer(this, program, ['--no-defaults', data, ...options, ...quick], { folder, ids, url, signal: 'SIGTERM' })
  },
}

export const redisServer = {
  name: 'Redis',
  variable: 'PORTCULLIS_REDIS_URL',
  debian: 'redis-server',
  local: ['redis://127.0.0.1:6379'],

  async reach(url) {
    const { Redis } = await import('ioredis')
    const client = new Redis(url, { lazyConnect: true, connectTimeout: 5_000, retryStrategy: () => null })
    client.on('error', () => {}) // the commands tell
    try {
      await client.connect()
      const info = await client.info()
      if (!/^role:master/m.test(info)) throw new Error('it is a copy of another')
      if (!/^maxmemory_policy:noeviction/m.test(info)) throw new Error('its maxmemory-policy is not noeviction')
    } finally {
      client.disconnect()
    }
  },

  find: () => findProgram(['redis-server', 'valkey-server']),

  async start(program, settings = []) {
    const { folder, ids } = makeFolder(['redis', 'valkey'])
    const port = await freePort()
    const args = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', '', '--appendonly', 'yes', ...settings]
    return runServer(this, program, args, { folder, ids, url: `redis://127.0.0.1:${port}`, signal: 'SIGTERM' })
  },
}

/** A temporary folder that the server's user owns. */
function makeFolder(users) {
  const folder = mkdtempSync(join(tmpdir(), 'portcullis-server-'))
  const ids = unprivileged(users)
  if (ids.uid !== undefined) chownSync(folder, ids.uid, ids.gid)
  return { folder, ids }
}
