// Runs the tests: every file, or those whose path contains one of the arguments.
//   --core   without the tests that need a browser or another service
//   --soak   the same files with the long counts
import { spawnSync } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { globSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { findChromium } from './services.mjs'

const { values: flags, positionals: filters } = readArguments()
const files = chooseFiles()
if (files.length === 0) stop(`No test file matches ${filters.join(', ')}.`)

const env = { ...process.env, PORTCULLIS_SEED: process.env.PORTCULLIS_SEED || String(randomInt(2 ** 31)) }
if (flags.soak) env.PORTCULLIS_SOAK = '1'
if (files.some(needsBrowser)) env.CHROMIUM_PATH = await findChromium().catch((error) => stop(error.message))

console.log(`${files.length} test files, PORTCULLIS_SEED=${env.PORTCULLIS_SEED}`)
const perTest = flags.soak ? 60 : 5
const inAll = flags.soak ? 240 : 15
const options = ['--test', '--test-concurrency=2', '--test-reporter=spec', `--test-timeout=${perTest * 60_000}`]
const { status, error } = spawnSync(process.execPath, [...options, ...files], {
  stdio: 'inherit',
  env,
  timeout: inAll * 60_000,
  killSignal: 'SIGINT',
})
if (error) console.error(error.code === 'ETIMEDOUT' ? `The tests were stopped after ${inAll} minutes.` : error.message)
process.exit(error ? 1 : (status ?? 1))

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
    .filter((file) => !(flags.core && needsBrowser(file)))
    .filter((file) => filters.length === 0 || filters.some((filter) => file.includes(filter.replace(/^\.\//, ''))))
    .sort()
}

function needsBrowser(file) {
  return file.startsWith('test/browser/')
}

function stop(message) {
  console.error(message)
  process.exit(1)
}
