/** The public names, one list: a name that comes or goes is a decision. */
import assert from 'node:assert/strict'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { test } from 'node:test'
import manifest from '../package.json' with { type: 'json' }

const list = 'test/exports.txt'

const advice = `The exported names are not those of ${list}. If the change is meant, write the list anew:
  PORTCULLIS_UPDATE_EXPORTS=1 npm test -- test/exports.test.ts
and add a line to CHANGELOG.md.`

test('the exported names are those of test/exports.txt', async () => {
  const found = await exportedNames()
  if (process.env.PORTCULLIS_UPDATE_EXPORTS === '1') writeFileSync(list, found)
  const expected = existsSync(list) ? readFileSync(list, 'utf8') : ''
  assert.deepEqual(found.split('\n'), expected.split('\n'), `${advice}\n\n${difference(expected, found)}`)
})

test('every subpath has its types', () => {
  const targets = Object.values(manifest.exports).filter((target) => typeof target === 'object')
  assert.deepEqual(
    targets.map(({ types }) => types).filter((types) => !existsSync(types)),
    [],
  )
})

/** Each subpath that is a module, and below it its names in order, two spaces in. */
async function exportedNames(): Promise<string> {
  const sections: string[] = []
  for (const [subpath, target] of Object.entries(manifest.exports)) {
    if (typeof target === 'string') continue
    const specifier = manifest.name + subpath.slice(1)
    const module: object = await import(specifier)
    sections.push([specifier, ...Object.keys(module).sort()].join('\n  '))
  }
  return `${sections.join('\n\n')}\n`
}

function difference(expected: string, found: string): string {
  const [before, now] = [namesOf(expected), namesOf(found)]
  const gone = [...before].filter((name) => !now.has(name)).map((name) => `- ${name}`)
  const come = [...now].filter((name) => !before.has(name)).map((name) => `+ ${name}`)
  return [...gone, ...come].join('\n')
}

function namesOf(text: string): ReadonlySet<string> {
  const sections = text.trim() === '' ? [] : text.trim().split('\n\n')
  return new Set(
    sections.flatMap((section) => {
      const [subpath = '', ...names] = section.split('\n  ')
      return [subpath, ...names.map((name) => `${subpath}: ${name}`)]
    }),
  )
}
