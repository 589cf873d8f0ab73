/** Makes a copy of the tree with a defect in it: the sources by replacing text that must be there once, all else as it is. */
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '../..')

/** What stands in a file of the sources, and what to write in its place. */
export interface Replacement {
  readonly file: string
  readonly search: string
  readonly replace: string
}

/** A copy of the tree. */
export interface PlantedTree {
  readonly folder: string
  remove(): void
}

/** Copies the tree and replaces. @throws Error when a text is not there exactly once: the sources have changed, so must the defect */
export function plant(replacements: readonly Replacement[]): PlantedTree {
  const folder = mkdtempSync(join(tmpdir(), 'portcullis-planted-'))
  try {
    for (const part of ['src', 'test', 'scripts', 'package.json', 'tsconfig.json'])
      cpSync(join(root, part), join(folder, part), { recursive: true })
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
    for (const { file, search, replace } of replacements) {
      const before = readFileSync(join(folder, file), 'utf8')
      const times = before.split(search).length - 1
      if (times !== 1) throw new Error(`${file} holds the text to replace ${times} times, not once: ${search}`)
      writeFileSync(
        join(folder, file),
        before.replace(search, () => replace),
      )
    }
  } catch (error) {
    rmSync(folder, { recursive: true })
    throw error
  }
  return { folder, remove: () => rmSync(folder, { recursive: true }) }
}
