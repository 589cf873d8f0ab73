/** Bench `size`: what an application takes on by installing and importing the package. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { packInto, runCommand } from './kit/install.ts'
import { alternate, median, medianRatio } from './kit/measure.ts'
import type { Section } from './kit/results.ts'

const rounds = 15
const most = { ofBetterAuth: 0.5, ofKysely: 1.3, packages: 6 }

export async function run(): Promise<Section> {
  const base = process.env.BENCH_FOLDER ?? '.'
  mkdirSync(join(base, 'pack'))
  const { dependencies } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8'))
  const ours = installInto(join(base, 'portcullis'), packInto(join(base, 'pack')))
  const theirs = installInto(join(base, 'better-auth'), `better-auth@${dependencies['better-auth']}`)

  const took = await alternate(
    {
      portcullis: importing(ours.folder, ['portcullis']),
      withStore: importing(ours.folder, ['portcullis', 'portcullis/stores/sqlite']),
      kysely: importing(ours.folder, ['kysely']),
      betterAuth: importing(theirs.folder, ['better-auth']),
    },
    rounds,
  )
  const ms = (name: keyof typeof took): string => `${median(took[name]).toFixed(1)} ms`
  const besideTheirs = medianRatio(took.portcullis, took.betterAuth)
  const besideKysely = medianRatio(took.withStore, took.kysely)
  return {
    title: 'Installing and importing',
    how: `Import: the time of \`await import(…)\` in a new process, median of ${rounds} alternating rounds. Packages: what npm puts into an empty folder, without optional peers.`,
    columns: { measured: 'measured', ratio: 'beside' },
    lines: [
      { what: 'import `better-auth`', measured: ms('betterAuth') },
      {
        what: 'import `portcullis`',
        measured: ms('portcullis'),
        ratio: `${besideTheirs.toFixed(2)} × better-auth`,
        limit: `at most ${most.ofBetterAuth} ×`,
        met: besideTheirs <= most.ofBetterAuth,
      },
      { what: 'import `kysely`', measured: ms('kysely') },
      {
        what: 'import `portcullis` and `portcullis/stores/sqlite`',
        measured: ms('withStore'),
        ratio: `${besideKysely.toFixed(2)} × kysely`,
        limit: `at most ${most.ofKysely} ×`,
        met: besideKysely <= most.ofKysely,
      },
      { what: 'packages of `better-auth`', measured: `${theirs.packages.length}, ${megabytes(theirs.bytes)}` },
      {
        what: 'packages of `portcullis`',
        measured: `${ours.packages.length}, ${megabytes(ours.bytes)}`,
        ratio: `${(ours.bytes / theirs.bytes).toFixed(2)} × the size`,
        limit: `at most ${most.packages}`,
        met: ours.packages.length <= most.packages,
      },
    ],
    notes: [`Installed with \`portcullis\`: ${ours.packages.join(', ')}.`],
  }
}

interface Installed {
  readonly folder: string
  readonly packages: readonly string[]
  readonly bytes: number
}

function installInto(folder: string, what: string): Installed {
  mkdirSync(folder)
  writeFileSync(join(folder, 'package.json'), '{ "private": true }')
  runCommand('npm', ['install', '--no-audit', '--no-fund', what], folder)
  const { packages } = JSON.parse(readFileSync(join(folder, 'node_modules/.package-lock.json'), 'utf8'))
  const names = Object.keys(packages).map((path) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length))
  return { folder, packages: names.sort(), bytes: bytesIn(join(folder, 'node_modules')) }
}

function bytesIn(folder: string): number {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  return files.reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0)
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`
}

/** The time of an import as the new process itself sees it, without its own start. */
function importing(folder: string, modules: readonly string[]): () => Promise<number> {
  const imports = modules.map((name) => `await import('${name}');`).join(' ')
  const script = `const begin = performance.now(); ${imports} console.log(performance.now() - begin)`
  return async () => {
    const { stdout, stderr, status } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { cwd: folder, encoding: 'utf8' })
    if (status !== 0) throw new Error(stderr)
    return Number(stdout)
  }
}
