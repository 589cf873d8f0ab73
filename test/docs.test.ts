/** Keeps the documentation true: its TypeScript compiles, what is marked `ts run` runs, and its links lead somewhere. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, globSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join, posix } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { anchors, codeBlocks, links } from './docs/markdown.ts'

/** Inside the repository, so that `portcullis` resolves to dist and other packages to node_modules. */
const workplace = '.docs-check'

const pages = globSync(['*.md', 'docs/**/*.md'], { exclude: (path) => path.includes('node_modules') })
  .map((file) => file.replaceAll('\\', '/'))
  .sort()

const blocks = pages
  .filter((page) => page === 'README.md' || page.startsWith('docs/'))
  .flatMap((page) => codeBlocks(read(page)).map((block) => ({ ...block, page, file: posix.join(workplace, `${page}.${block.line}.ts`) })))
  .filter(({ info }) => /^(ts|typescript)\b/.test(info))

describe('code blocks', () => {
  before(() => {
    rmSync(workplace, { recursive: true, force: true })
    mkdirSync(workplace)
    const compilerOptions = { isolatedDeclarations: false, declaration: false }
    writeFileSync(join(workplace, 'tsconfig.json'), JSON.stringify({ extends: '../tsconfig.json', compilerOptions, include: ['**/*.ts'] }))
    for (const { file, line, code } of blocks) {
      mkdirSync(dirname(file), { recursive: true })
      // The empty lines keep the page's line numbers in every message.
      writeFileSync(file, `${'\n'.repeat(line)}${code}\n`)
    }
  })
  after(() => rmSync(workplace, { recursive: true, force: true }))

  test('each has one of the known marks', () => {
    const odd = blocks.filter(({ info }) => info !== 'ts' && info !== 'ts run')
    assert.deepEqual(
      odd.map(({ page, line, info }) => `${page}:${line} is marked "${info}": use "ts" or "ts run"`),
      [],
    )
  })

  test('each compiles on its own', () => {
    const { status, stdout } = runNode(['node_modules/typescript/bin/tsc', '-p', workplace, '--pretty', 'false'])
    assert.equal(status, 0, `A code block does not compile (page.line-of-block.ts(line in page,column)):\n${stdout}`)
  })

  for (const { page, line, file, info } of blocks) {
    if (info !== 'ts run') continue
    test(`${page}:${line} runs`, () => {
      const { status, stdout, stderr, error } = runNode([file])
      assert.equal(status, 0, `${error?.message ?? ''}\n${stdout}\n${stderr}`)
    })
  }
})

test('every relative link and anchor leads somewhere', () => {
  const broken = pages.flatMap((page) =>
    links(read(page))
      .filter(({ target }) => !/^([a-z][a-z0-9+.-]*:|\/\/)/i.test(target))
      .filter(({ target }) => !leadsSomewhere(page, target))
      .map(({ target, line }) => `${page}:${line} → ${target}`),
  )
  assert.deepEqual(broken, [])
})

function leadsSomewhere(page: string, target: string): boolean {
  const [path = '', anchor] = decodeURIComponent(target).split('#')
  const file = path === '' ? page : posix.join(dirname(page), path)
  if (file.startsWith('..') || !existsSync(file)) return false
  return anchor === undefined || (statSync(file).isFile() && anchors(read(file)).has(anchor))
}

function runNode(args: readonly string[]): ReturnType<typeof spawnSync> {
  const { NODE_TEST_CONTEXT: _, ...env } = process.env
  return spawnSync(process.execPath, args, { encoding: 'utf8', env, timeout: 60_000 })
}

function read(file: string): string {
  return readFileSync(file, 'utf8')
}
