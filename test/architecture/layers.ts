/** Who may import whom: folders among themselves, features among themselves, and packages from outside. */
import type { Import, Source } from './source.ts'

/** What one folder may import, its own files aside. */
export interface Row {
  /** Folders whose values and types it may use; `node` stands for Node's own modules. */
  readonly values: readonly string[]
  /** Folders of which it may use types only. */
  readonly types?: readonly string[]
  /** Files it may load with `import()` when they are first needed. */
  readonly lazy?: readonly string[]
}

export type Layers = Readonly<Record<string, Row>>

/** Package or Node module → the files that may import it; a last `*` stands for any ending. */
export type Places = Readonly<Record<string, readonly string[]>>

/** Imports between folders that the table does not allow. */
export function layerViolations(sources: readonly Source[], layers: Layers): readonly string[] {
  return violations(sources, (source, found) => {
    if (found.target === null) return null
    const from = folderOf(source.file)
    const to = folderOf(found.target)
    const row = layers[from]
    if (row === undefined) return `${from} has no row in the table`
    if (from === to || row.values.includes(to)) return null
    if (found.kind === 'type' && row.types?.includes(to)) return null
    if (found.kind === 'lazy' && row.lazy?.includes(found.target)) return null
    return `${from} may not import ${to} (${found.target}${found.kind === 'value' ? '' : `, ${found.kind}`})`
  })
}

/** Folders without a row, so that a new one is a decision. */
export function unknownFolders(sources: readonly Source[], layers: Layers): readonly string[] {
  return sources
    .filter(({ file }) => layers[folderOf(file)] === undefined)
    .map(({ file }) => `${file}: ${folderOf(file)} has no row in the table`)
}

/** Imports from one feature into another, and files of no feature. */
export function featureViolations(sources: readonly Source[]): readonly string[] {
  const strays = sources
    .filter(({ file }) => folderOf(file) === 'features' && featureOf(file) === null)
    .map(({ file }) => `${file}: belongs to no feature; a feature is a folder`)
  const crossings = violations(sources, (source, { target }) => {
    const from = featureOf(source.file)
    const to = target === null ? null : featureOf(target)
    return from === null || to === null || from === to ? null : `feature ${from} may not import feature ${to} (${target})`
  })
  return [...strays, ...crossings]
}

/** Packages and Node modules imported outside their place, and imports whose name is computed. */
export function packageViolations(sources: readonly Source[], layers: Layers, places: Places): readonly string[] {
  return violations(sources, (source, { specifier, target }) => {
    if (specifier === null) return 'imports by a computed name'
    if (target !== null) return null
    const name = packageOf(specifier)
    const allowed = places[name]
    if (allowed?.some((place) => matches(source.file, place))) return null
    if (allowed !== undefined) return `may not import ${name}, whose place is ${allowed.join(', ')}`
    if (!name.startsWith('node:')) return `may not import ${name}: it has no place in the table`
    return layers[folderOf(source.file)]?.values.includes('node') ? null : `may not import ${name}`
  })
}

/** `src/kernel/auth.ts` → `kernel`; `src/index.ts` → `index.ts`. */
function folderOf(file: string): string {
  return file.split('/')[1] ?? file
}

function featureOf(file: string): string | null {
  return /^src\/features\/([^/]+)\//.exec(file)?.[1] ?? null
}

function packageOf(specifier: string): string {
  if (specifier.startsWith('node:')) return specifier
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
}

function matches(file: string, place: string): boolean {
  return place.endsWith('*') ? file.startsWith(place.slice(0, -1)) : file === place
}

/** One line for each import that `judge` has something to say about. Test files beside the sources may import anything. */
function violations(sources: readonly Source[], judge: (source: Source, found: Import) => string | null): readonly string[] {
  return sources
    .filter(({ isTest }) => !isTest)
    .flatMap((source) =>
      source.imports.flatMap((found) => {
        const reason = judge(source, found)
        return reason === null ? [] : [`${source.file}:${found.line} ${reason}`]
      }),
    )
}
