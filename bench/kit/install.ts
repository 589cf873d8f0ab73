/** Puts in place what the benches run on: the peers of the lock file, and our package as npm would publish it. */
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const root = new URL('../../', import.meta.url).pathname
const here = new URL('../', import.meta.url).pathname

/** Installs the peers where the lock file is newer than what is there, then our package beside them. */
export function install(): void {
  checkVersions()
  const lock = join(here, 'package-lock.json')
  const installed = join(here, 'node_modules/.package-lock.json')
  if (!existsSync(installed) || statSync(installed).mtimeMs < statSync(lock).mtimeMs)
    runCommand('npm', ['ci', '--no-audit', '--no-fund'], here)
  const folder = mkdtempSync(join(tmpdir(), 'portcullis-pack-'))
  try {
    runCommand('tar', ['-xzf', packInto(folder), '-C', folder], root)
    const place = join(here, 'node_modules/portcullis')
    rmSync(place, { recursive: true, force: true })
    cpSync(join(folder, 'package'), place, { recursive: true })
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** Packs our package as npm would publish it; the path of the archive. */
export function packInto(folder: string): string {
  runCommand('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', folder], root)
  const archive = readdirSync(folder).find((name) => name.endsWith('.tgz'))
  if (archive === undefined) throw new Error('npm pack made no archive.')
  return join(folder, archive)
}

/** Runs a program to its end. @throws Error with what it printed when it fails */
export function runCommand(program: string, args: readonly string[], folder: string): void {
  const { status, stdout, stderr, error } = spawnSync(program, args, { cwd: folder, encoding: 'utf8' })
  if (error) throw error
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} failed:\n${stdout}${stderr}`)
}

/** What both have must be the same, or the benches would measure something that is not shipped. */
function checkVersions(): void {
  const ours = versionsIn(root)
  for (const [name, version] of Object.entries(versionsIn(here))) {
    const other = ours[name]
    if (other !== undefined && other !== version)
      throw new Error(
        `bench/package.json has ${name} ${version} and package.json ${other}: make them equal, then run npm install in bench/.`,
      )
  }
}

function versionsIn(folder: string): Readonly<Record<string, string>> {
  const { dependencies, devDependencies } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  return { ...devDependencies, ...dependencies }
}
