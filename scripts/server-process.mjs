// A database server that was started here: ended in order, or killed, frozen and started again by tests of what happens then.
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { openSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

const longestStartMs = 60_000

/** Runs a server in its folder, and waits until it answers. `signal` asks it to end in order. */
export async function runServer(server, program, args, { folder, ids, url, signal }) {
  const log = join(folder, 'log')
  let child = null

  async function launch() {
    const output = openSync(log, 'a')
    child = spawn(program, args, { ...ids, cwd: folder, stdio: ['ignore', output, output], detached: true })
    child.once('error', () => {})
    for (let waited = 0; isRunning(child) && waited < longestStartMs; waited += 100) {
      try {
        return await server.reach(url)
      } catch {
        await pause(100)
      }
    }
    const said = readFileSync(log, 'utf8').trim().split('\n').slice(-5).join('\n')
    await stop()
    throw new Error(`${program} did not start:\n${said}`)
  }

  async function shutDown() {
    if (isRunning(child)) await endedBy(child, () => child.kill(signal))
  }

  async function stop() {
    await shutDown()
    rmSync(folder, { recursive: true, force: true })
  }

  async function kill() {
    await endedBy(child, () => signalAll(child.pid, 'SIGKILL'))
  }

  await launch()
  const freeze = () => signalAll(child.pid, 'SIGSTOP')
  const thaw = () => signalAll(child.pid, 'SIGCONT')
  return { url, launch, shutDown, stop, kill, freeze, thaw }
}

function isRunning({ pid, exitCode, signalCode }) {
  return pid !== undefined && exitCode === null && signalCode === null
}

async function endedBy(child, end) {
  const ended = once(child, 'exit')
  end()
  await ended
}

/** Signals a process and those that it has started. It is halted first, so that it starts no more meanwhile. */
function signalAll(pid, signal) {
  process.kill(pid, 'SIGSTOP')
  for (const line of execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' }).split('\n')) {
    const [child, parent] = line.trim().split(/\s+/).map(Number)
    if (parent === pid) signalOne(child, signal)
  }
  process.kill(pid, signal)
}

function signalOne(pid, signal) {
  try {
    process.kill(pid, signal)
  } catch {
    // It has ended meanwhile.
  }
}
