/** What is published: the right files, few dependencies, nothing loaded that was not asked for, nothing of a machine. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readFileSync, statSync } from 'node:fs'
import { test } from 'node:test'

interface LockedPackage {
  readonly dependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

test('the package holds dist and the pages about it, and nothing else', () => {
  const odd = packedFiles().filter(
    (path) => !/^dist\/.+\.(js|d\.ts)$/.test(path) && !/^(README|CHANGELOG|SECURITY)\.md$|^(LICENSE|package\.json)$/.test(path),
  )
  assert.deepEqual(odd, [])
})

test('the package holds no tests', () => {
  assert.deepEqual(
    packedFiles().filter((path) => /\.test\./.test(path)),
    [],
  )
})

test('the package has its licence, readme, changelog and security policy', () => {
  const packed = packedFiles()
  assert.deepEqual(
    ['LICENSE', 'README.md', 'CHANGELOG.md', 'SECURITY.md', 'package.json', 'dist/index.js', 'dist/index.d.ts'].filter(
      (file) => !packed.includes(file),
    ),
    [],
  )
})

test('installing it brings kysely, argon2 with its binary, tiny-cbor and uqr, and nothing else', () => {
  const binary = /^@node-rs\/argon2-(android|darwin|freebsd|linux|win32)-/
  assert.deepEqual(
    productionPackages().filter((name) => !binary.test(name)),
    ['@levischuck/tiny-cbor', '@node-rs/argon2', 'kysely', 'uqr'],
  )
})

test('importing portcullis loads no store, adapter, driver or optional package', () => {
  const loaded = loadedFor('portcullis')
  const unasked =
    /\/node_modules\/(kysely|hono|liquidjs|mysql2|pg|@zxcvbn-ts|@node-rs\/bcrypt)|\/dist\/(stores|adapters|templates|testing)\/|^node:sqlite$/
  assert.deepEqual(
    loaded.filter((url) => unasked.test(url)),
    [],
  )
  assert.ok(loaded.some((url) => url.endsWith('/dist/index.js')))
})

test('importing the SQLite store is seen to load SQLite', () => {
  assert.ok(loadedFor('portcullis/stores/sqlite').includes('node:sqlite'))
})

test('importing a store over the network loads no driver: a URL does, when the store is opened', () => {
  const drivers = /\/node_modules\/(pg|mysql2)\//
  const loaded = ['portcullis/stores/postgres', 'portcullis/stores/mysql'].flatMap(loadedFor)
  assert.deepEqual(
    loaded.filter((url) => drivers.test(url)),
    [],
  )
})

test('no file names a package registry or a folder of a machine', () => {
  const hosts = /\bregistry[.][a-z0-9-]+[.][a-z]{2,}/
  const folders = /(?<![\w.~-])\/(?:home|Users|root|work)\/\w/
  const found = repositoryFiles().flatMap((file) =>
    readFileSync(file, 'utf8')
      .split('\n')
      .flatMap((line, index) => (hosts.test(line) || folders.test(line) ? [`${file}:${index + 1} ${line.trim().slice(0, 100)}`] : [])),
  )
  assert.deepEqual(found, [])
})

function packedFiles(): readonly string[] {
  const answer: Readonly<Record<string, { readonly files: readonly { readonly path: string }[] }>> = JSON.parse(
    run('npm', ['pack', '--dry-run', '--json', '--ignore-scripts']),
  )
  const [packed] = Object.values(answer)
  return packed?.files.map(({ path }) => path) ?? []
}

/** The names of all packages that the root's dependencies need, from the lock file. */
function productionPackages(): readonly string[] {
  const { packages }: { readonly packages: Readonly<Record<string, LockedPackage>> } = JSON.parse(readFileSync('package-lock.json', 'utf8'))
  const names = new Set<string>()
  const add = ({ dependencies, optionalDependencies }: LockedPackage): void => {
    for (const name of Object.keys({ ...dependencies, ...optionalDependencies })) {
      if (names.has(name)) continue
      names.add(name)
      add(packages[`node_modules/${name}`] ?? {})
    }
  }
  add(packages[''] ?? {})
  return [...names].sort()
}

function loadedFor(specifier: string): readonly string[] {
  return JSON.parse(run(process.execPath, ['test/package/loaded-modules.ts', specifier]))
}

/** All files that git tracks or would. */
function repositoryFiles(): readonly string[] {
  return run('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'])
    .split('\0')
    .filter((file) => file !== '' && statSync(file, { throwIfNoEntry: false })?.isFile())
}

function run(command: string, args: readonly string[]): string {
  const { NODE_TEST_CONTEXT: _, ...env } = process.env
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf8', env })
  assert.equal(status, 0, `${command} ${args.join(' ')}: ${error?.message ?? stderr}`)
  return stdout
}
