// Finds what the tests need from outside npm, in a fixed order: the environment, the machine, Debian's packages, else an error that says what to do.
// Run directly it prints what it found.
import { execFileSync } from 'node:child_process'
import { accessSync, constants, existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/**
 * The path of a Chromium for browser tests: `CHROMIUM_PATH`, else one on the machine, else Debian's, installed.
 * @returns {Promise<string>}
 */
export async function findChromium() {
  const given = process.env.CHROMIUM_PATH
  if (given) {
    if (isExecutable(given)) return given
    throw new Error(`CHROMIUM_PATH is ${given}, which is no program that can be run.`)
  }
  const found = chromiumOfMachine() ?? (installFromDebian('chromium') ? chromiumOfMachine() : null)
  if (found) return found
  throw new Error(
    'Browser tests need Chromium: install it (Debian: apt-get install chromium) or set CHROMIUM_PATH, or run "npm run test:core".',
  )
}

function chromiumOfMachine() {
  const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']
  const onMac = ['/Applications/Chromium.app/Contents/MacOS/Chromium', '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome']
  return findOnPath(names) ?? onMac.find(isExecutable) ?? null
}

function findOnPath(names) {
  const folders = (process.env.PATH ?? '').split(delimiter)
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find(isExecutable) ?? null
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** Installs a Debian package as root, or by a sudo that asks for no password; false where there is neither. */
function installFromDebian(name) {
  if (!existsSync('/etc/debian_version')) return false
  const isRoot = process.getuid?.() === 0
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

if (import.meta.main) {
  try {
    console.log(`chromium: ${await findChromium()}`)
  } catch (error) {
    console.error(error.message)
    process.exitCode = 1
  }
}
