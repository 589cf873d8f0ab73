/** The size and the names of files. */
import type { Source } from './source.ts'

/** Source files of more than `most` lines; tests may be longer. */
export function longFiles(sources: readonly Source[], most: number): readonly string[] {
  return sources
    .filter(({ isTest }) => !isTest)
    .map(({ file, text }) => ({ file, lines: text.replace(/\n$/, '').split('\n').length }))
    .filter(({ lines }) => lines > most)
    .map(({ file, lines }) => `${file}: ${lines} lines, at most ${most}`)
}

/** Names that say nothing: `words` in any part of a name, `whole` as all of it. */
export interface EmptyNames {
  readonly words: readonly string[]
  readonly whole: readonly string[]
}

/** Files and folders with an empty name. */
export function emptyNames(sources: readonly Source[], { words, whole }: EmptyNames): readonly string[] {
  return sources.flatMap(({ file }) => {
    const names = file.replace(/(\.test)?\.ts$/, '').split('/')
    const empty = names.find(
      (name) =>
        whole.includes(name.toLowerCase()) ||
        name
          .toLowerCase()
          .split(/[-_.]/)
          .some((word) => words.includes(word)),
    )
    return empty === undefined ? [] : [`${file}: the name "${empty}" says nothing`]
  })
}
