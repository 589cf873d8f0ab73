// Runs the tests: every file, or those whose path contains one of the arguments.
//   --core   without the tests that need a browser or another service
//   --soak   the same files with the long counts
import { spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { globSync, readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { databaseVariables, findChromium, findCurl, findDatabases } from './services.mjs'

const { values: flags, positionals: filters } = readArguments()
const files = chooseFiles()
if (files.length === 0) stop(`No test file matches ${filters.join(', ')}.`)

const env = { ...process.env, PORTCULLIS_SEED: process.env.PORTCULLIS_SEED || String(randomInt(2 ** 31)) }
if (flags.soak) env.PORTCULLIS_SOAK = '1'
// Each file is a process of its own, and some start more: what one has compiled, the next need not.
env.NODE_COMPILE_CACHE ??= 'node_modules/.cache/compiled'
// Without these names, tests over all stores leave out the ones on a network.
for (const variable of databaseVariables) delete env[variable]
if (files.some(needsBrowser)) env.CHROMIUM_PATH = await findChromium().catch((error) => stop(error.message))
if (files.some(needsCurl)) env.CURL_PATH = await findCurl().catch((error) => stop(error.message))
const databases = await findNeeded()
Object.assign(env, databases.env)

console.log(`${files.length} test files, PORTCULLIS_SEED=${env.PORTCULLIS_SEED}`)
const perTest = flags.soak ? 60 : 5
const inAll = flags.soak ? 240 : 40 // a machine that has other things to do may take longer than the quarter of an hour
process.exitCode = await runFiles()
await databases.stop()

async function runFiles() {
  const options = ['--test', '--test-concurrency=2', '--test-reporter=spec', `--test-timeout=${perTest * 60_000}`]
  const child = spawn(process.execPath, [...options, ...files], { stdio: 'inherit', env })
  // The tests get the signal of a terminal as well as we do; we stay until they are done, to stop what we started.
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal))
  const timer = setTimeout(() => {
    console.error(`The tests were stopped after ${inAll} minutes.`)
    child.kill('SIGINT')
  }, inAll * 60_000)
  const [status] = await once(child, 'exit')
  clearTimeout(timer)
  return status ?? 1
}

function readArguments() {
  try {
    return parseArgs({ allowPositionals: true, options: { core: { type: 'boolean' }, soak: { type: 'boolean' } } })
  } catch (error) {
    return stop(error.message)
  }
}

function chooseFiles() {
  return globSync(['src/**/*.test.ts', 'test/**/*.test.ts'])
    .map((file) => file.replaceAll('\\', '/'))
    .filter((file) => !(flags.core && (needsBrowser(file) || needsCurl(file) || needsDatabases(file))))
    .filter((file) => filters.length === 0 || filters.some((filter) => file.includes(filter.replace(/^\.\//, ''))))
    .sort()
}

function needsBrowser(file) {
  return file.startsWith('test/browser/')
}

/** Files that drive curl. */
function needsCurl(file) {
  return /\/curl[^/]*\.test\.ts$/.test(file)
}

/** Files that test nothing but servers of databases. */
function needsDatabases(file) {
  return /^test\/(stores\/(network|postgres|mysql|redis)|servers\/(killed|single-use-network))/.test(file)
}

/** Files that use a database where there is one: they import the list of stores, or the databases themselves. */
function usesDatabases(file) {
  return /from '\S*\/(flows\/stores|stores|databases|own-tables|redis-place)\.ts'/.test(readFileSync(file, 'utf8'))
}

async function findNeeded() {
  if (flags.core || !files.some(usesDatabases)) return { env: {}, stop: async () => {} }
  return findDatabases().catch((error) => stop(error.message))
}

function stop(message) {
  console.error(message)
  process.exit(1)
}
