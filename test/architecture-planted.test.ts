/** Shows that each rule of the architecture test fails when it is broken, and names the file that breaks it. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

/** What is planted (path → text), and what the failing test must say. */
interface Plant {
  readonly files: Readonly<Record<string, string>>
  readonly says: string
}

const inModel = (text: string): Plant['files'] => ({ 'src/model/planted.ts': text })
const inKernel = (text: string): Plant['files'] => ({ 'src/kernel/planted.ts': text })

const plants: Readonly<Record<string, Plant>> = {
  'a circle of two files': {
    files: {
      'src/model/planted-a.ts': "export { b } from './planted-b.ts'\nexport const a = 1\n",
      'src/model/planted-b.ts': "export { a } from './planted-a.ts'\nexport const b = 1\n",
    },
    says: 'src/model/planted-a.ts → src/model/planted-b.ts → src/model/planted-a.ts',
  },
  'a circle of types only': {
    files: {
      'src/kernel/planted-a.ts': "import type { B } from './planted-b.ts'\nexport interface A { readonly b: B }\n",
      'src/kernel/planted-b.ts': "export interface B { readonly a: import('./planted-a.ts').A }\n",
    },
    says: 'src/kernel/planted-a.ts → src/kernel/planted-b.ts → src/kernel/planted-a.ts',
  },
  'a feature that imports a feature': {
    files: {
      'src/features/planted-a/index.ts': "import { b } from '../planted-b/index.ts'\nexport const a = b\n",
      'src/features/planted-b/index.ts': 'export const b = 1\n',
    },
    says: 'src/features/planted-a/index.ts:1 feature planted-a may not import feature planted-b',
  },
  'a file of no feature': { files: { 'src/features/planted.ts': '' }, says: 'src/features/planted.ts: belongs to no feature' },
  'an upward import': {
    files: inModel("import type { A } from '../kernel/planted.ts'\nexport type B = A\n"),
    says: 'src/model/planted.ts:1 model may not import kernel (src/kernel/planted.ts, type)',
  },
  'an upward re-export': {
    files: { 'src/crypto/planted.ts': "export * from '../http/fields.ts'\n" },
    says: 'src/crypto/planted.ts:1 crypto may not import http',
  },
  'an upward dynamic import': {
    files: inKernel("export const load = (): Promise<unknown> => import('../stores/sqlite.ts')\n"),
    says: 'src/kernel/planted.ts:1 kernel may not import stores (src/stores/sqlite.ts, lazy)',
  },
  'a value where only types are allowed': {
    files: { 'src/testing/planted.ts': "import { auth } from '../kernel/auth.ts'\nexport const a = auth\n" },
    says: 'src/testing/planted.ts:1 testing may not import kernel',
  },
  'a folder of no row': { files: { 'src/planted/a.ts': '' }, says: 'src/planted/a.ts: planted has no row in the table' },
  'a package outside its place': {
    files: inKernel("import { Kysely } from 'kysely'\nexport const a = Kysely\n"),
    says: 'src/kernel/planted.ts:1 may not import kysely',
  },
  'a part of a package outside its place': {
    files: { 'src/adapters/planted.ts': "export type { Context } from 'hono/tiny'\n" },
    says: 'src/adapters/planted.ts:1 may not import hono',
  },
  'a package without a place': {
    files: { 'src/http/planted.ts': "import 'left-pad'\n" },
    says: 'src/http/planted.ts:1 may not import left-pad: it has no place in the table',
  },
  'a Node module in its wrong place': {
    files: { 'src/stores/planted.ts': "import { DatabaseSync } from 'node:sqlite'\nexport const a = DatabaseSync\n" },
    says: 'src/stores/planted.ts:1 may not import node:sqlite',
  },
  'a Node module where the folder imports nothing': {
    files: inModel("import { join } from 'node:path'\nexport const a = join\n"),
    says: 'src/model/planted.ts:1 may not import node:path',
  },
  'an import by a computed name': {
    files: inKernel('export const load = (name: string): Promise<unknown> => import(name)\n'),
    says: 'src/kernel/planted.ts:1 imports by a computed name',
  },
  'a file of 301 lines': { files: inModel('// line\n'.repeat(301)), says: 'src/model/planted.ts: 301 lines, at most 300' },
  'a file named utils.ts': { files: { 'src/http/utils.ts': '' }, says: 'src/http/utils.ts: the name "utils" says nothing' },
  'a file named session-manager.ts': {
    files: { 'src/kernel/session-manager.ts': '' },
    says: 'src/kernel/session-manager.ts: the name "session-manager" says nothing',
  },
  'a folder named common': { files: { 'src/http/common/a.ts': '' }, says: 'src/http/common/a.ts: the name "common" says nothing' },
  'Date.now()': { files: inKernel('\nexport const a: number = Date.now()\n'), says: 'src/kernel/planted.ts:2 reads the clock' },
  'globalThis.Date.now()': {
    files: inKernel('export const a: number = globalThis.Date.now()\n'),
    says: 'src/kernel/planted.ts:1 reads the clock',
  },
  "Date['now']()": { files: inKernel("export const a: number = Date['now']()\n"), says: 'src/kernel/planted.ts:1 reads the clock' },
  'Date taken apart': {
    files: inKernel('const { now } = Date\nexport const a: number = now()\n'),
    says: 'src/kernel/planted.ts:1 reads the clock',
  },
  'new Date()': { files: inKernel('export const a: Date = new Date()\n'), says: 'src/kernel/planted.ts:1 reads the clock' },
  'new globalThis.Date()': {
    files: inKernel('export const a: Date = new globalThis.Date()\n'),
    says: 'src/kernel/planted.ts:1 reads the clock',
  },
  'Math.random()': { files: inKernel('export const a: number = Math.random()\n'), says: 'src/kernel/planted.ts:1 uses Math.random' },
  'process.env': { files: inKernel('export const a = process.env.SECRET\n'), says: 'src/kernel/planted.ts:1 reads the environment' },
  'env of node:process': {
    files: inKernel("import { env } from 'node:process'\nexport const a = env\n"),
    says: 'src/kernel/planted.ts:1 reads the environment',
  },
  'console.log': { files: inKernel("console.log('a')\n"), says: 'src/kernel/planted.ts:1 uses the console' },
  'a default export': { files: inModel('export default 1\n'), says: 'src/model/planted.ts:1 has a default export' },
  'a default export by name': {
    files: inModel('const a = 1\nexport { a as default }\n'),
    says: 'src/model/planted.ts:2 has a default export',
  },
  'an enum': { files: inModel('export enum A { b }\n'), says: 'src/model/planted.ts:1 declares an enum' },
  'a namespace': { files: inModel('export namespace A { export const b = 1 }\n'), says: 'src/model/planted.ts:1 declares a namespace' },
  any: { files: inModel('export type A = readonly any[]\n'), says: 'src/model/planted.ts:1 says any' },
}

/** What keeps the rules, close to where it would break them. */
const allowed: Plant['files'] = {
  'src/features/planted/index.ts': "import { a } from './flow.ts'\nexport const b = a\n",
  'src/features/planted/flow.ts': "import type { Json } from '../../model/json.ts'\nexport const a: Json = new Date(0).toISOString()\n",
  'src/features/planted/flow.test.ts':
    "import { b } from './index.ts'\nimport { test } from 'node:test'\ntest('a', () => console.log(b, Date.now()))\n",
  'src/kernel/planted.ts': "export const a: number = Math.max(1, Date.parse('2026-01-01'))\n",
  'src/adapters/hono.ts':
    "import type { Context } from 'hono'\ndeclare module 'hono' { interface ContextVariableMap { readonly a: 1 } }\nexport type A = Context\n",
  'src/stores/sqlite.ts': "import { DatabaseSync } from 'node:sqlite'\nexport const a = DatabaseSync\n",
  'src/crypto/common-passwords.ts': 'export const a = 1\n',
}

/** The same with a file name of its own, so that all plants stand in one copy of the tree. */
function apart({ files, says }: Plant, index: number): Plant {
  const rename = (text: string): string => text.replaceAll('planted.ts', `planted-${index}.ts`)
  return { files: Object.fromEntries(Object.entries(files).map((file) => file.map(rename))), says: rename(says) }
}

test('the architecture test refuses what breaks a rule', async (t) => {
  const all = Object.values(plants).map(apart)
  const files: Plant['files'] = Object.assign({}, ...all.map((plant) => plant.files))
  const { code, output } = await runOnCopy(files, (path) => t.after(() => rmSync(path, { recursive: true })))
  assert.equal(code, 1)
  for (const [index, what] of Object.keys(plants).entries()) {
    await t.test(what, () => {
      const { says = '' } = all[index] ?? {}
      assert.ok(says !== '' && output.includes(says), `expected "${says}" in:\n${output}`)
    })
  }
})

test('the architecture test allows what keeps the rules', async (t) => {
  const { code, output } = await runOnCopy(allowed, (path) => t.after(() => rmSync(path, { recursive: true })))
  assert.equal(code, 0, output)
})

/** Runs the architecture test on a copy of src with these files added. */
async function runOnCopy(files: Plant['files'], forget: (path: string) => void): Promise<{ code: number | null; output: string }> {
  const root = mkdtempSync(join(tmpdir(), 'portcullis-planted-'))
  forget(root)
  cpSync('src', join(root, 'src'), { recursive: true })
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  const { NODE_TEST_CONTEXT: _, ...env } = process.env
  const script = fileURLToPath(new URL('architecture.test.ts', import.meta.url))
  const child = spawn(process.execPath, ['--test-reporter=tap', script], { cwd: root, env })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (output += text))
  return new Promise((resolve, reject) => {
    child.on('error', reject).on('close', (code) => resolve({ code, output }))
  })
}
