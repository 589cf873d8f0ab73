/** The page on security names tests: each of them exists, and no published weakness is forgotten. */
import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { test } from 'node:test'

const page = readFileSync('docs/security.md', 'utf8')
const files = globSync(['src/**/*.test.ts', 'test/**/*.test.ts', 'src/testing/store-contract/*-cases.ts'])

/** The names of the tests of a file, as they are written in it. */
function titlesOf(file: string): readonly string[] {
  const calls = readFileSync(file, 'utf8').matchAll(/\b(?:test|it|onEveryStore|storeCase)\(\s*(['"`])((?:\\.|(?!\1)[^\\])*)\1/g)
  return [...calls].map(([, , title = '']) => title)
}

const titles = new Map(files.map((file) => [file, titlesOf(file)]))

/** Rows of the tables whose last column is called Test: their number in the page, and that column. */
function testCells(): readonly (readonly [line: number, cell: string])[] {
  let isTable = false
  return page.split('\n').flatMap((line, index) => {
    if (!line.startsWith('|')) isTable = false
    const cells = line.split(' | ').map((cell) => cell.replace(/^\| | \|$/g, '').trim())
    const last = cells.at(-1) ?? ''
    if (last === 'Test') isTable = true
    return isTable && last !== 'Test' && !line.startsWith('|---') ? [[index + 1, last] as const] : []
  })
}

/** The file that a cell means by a path, or by a name when there is one of it only. */
function fileOf(name: string): string {
  const found = files.filter((file) => file.replaceAll('\\', '/') === name || basename(file) === name)
  assert.equal(found.length, 1, `${name} is ${found.length} files`)
  return found[0] ?? ''
}

test('every test that the page names exists in the file that it names, and no row is without one', () => {
  let file = ''
  let named = 0
  for (const [line, cell] of testCells()) {
    const before = named
    for (const [, path, title] of cell.matchAll(/`([^`]+\.ts)`|"([^"]+)"/g)) {
      if (path !== undefined) file = fileOf(path)
      if (title === undefined) continue
      named += 1
      assert.ok(
        titles.get(file)?.some((found) => found.includes(title)),
        `line ${line}: ${file} has no test "${title}"`,
      )
    }
    assert.ok(named > before, `line ${line} names no test`)
  }
  assert.ok(named > 100, `${named} tests are named`)
})

test('every published weakness that touches what there is has a test with its id, or a line that says why not', () => {
  const ids = [...Array.from({ length: 95 }, (_, index) => index + 1), ...Array.from({ length: 12 }, (_, index) => index + 117)]
  const tried = new Set([...titles.values()].flat().flatMap((title) => title.match(/\bTHR-\d+\b/g) ?? []))
  const start = page.indexOf('### Published weaknesses that do not apply (yet)')
  const excluded = new Set(page.slice(start, page.indexOf('\n## ', start)).match(/\bTHR-\d+\b/g))
  assert.deepEqual(
    ids.map((id) => `THR-${id}`).filter((id) => !tried.has(id) && !excluded.has(id)),
    [],
  )
  assert.ok(start > 0 && tried.size >= 70)
})
