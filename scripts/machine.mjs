// What the machine has to offer: programs, free ports, users to run a server as, and Debian's packages.
import { execFileSync } from 'node:child_process'
import { accessSync, constants, existsSync, globSync } from 'node:fs'
import { createServer } from 'node:net'
import { delimiter, join } from 'node:path'

export const isRoot = process.getuid?.() === 0

/** The first of these programs that is on the path or in one of these folders (patterns, the last match first). */
export function findProgram(names, folders = []) {
  const onPath = (process.env.PATH ?? '').split(delimiter)
  const elsewhere = folders.flatMap((folder) => globSync(folder).sort().reverse())
  return names.flatMap((name) => [...onPath, ...elsewhere].map((folder) => join(folder, name))).find(isExecutable) ?? null
}

export function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** A port of 127.0.0.1 that nobody listens on. */
export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address()
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** The ids to run a server with, which refuses to run as root: those of the first user there is, or ours when we are not root. */
export function unprivileged(users) {
  if (!isRoot) return {}
  for (const user of [...users, 'nobody']) {
    try {
      const [uid, gid] = ['-u', '-g'].map((flag) => Number(execFileSync('id', [flag, user], { encoding: 'utf8', stdio: 'pipe' })))
      return { uid, gid }
    } catch {
      // There is no such user.
    }
  }
  return {}
}

/** Installs a Debian package as root, or by a sudo that asks for no password; false where there is neither. */
export function installFromDebian(name) {
  if (!existsSync('/etc/debian_version')) return false
  const [command, ...before] = isRoot ? ['apt-get'] : ['sudo', '-n', 'apt-get']
  console.log(`Installing ${name} with apt-get.`)
  try {
    const options = { stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } }
    execFileSync(command, [...before, 'update', '-q'], options)
    execFileSync(command, [...before, 'install', '-q', '-y', '--no-install-recommends', name], options)
    return true
  } catch (error) {
    console.error(`apt-get could not install ${name}: ${error.message}`)
    return false
  }
}
