/** Import circles, type imports included: two files that need each other are one thing in two places. */
import type { Source } from './source.ts'

/** Each circle once, as `a.ts → b.ts → a.ts`. */
export function circles(sources: readonly Source[]): readonly string[] {
  const edges = new Map(sources.filter(({ isTest }) => !isTest).map(({ file, imports }) => [file, targets(imports)]))
  const done = new Set<string>()
  const path: string[] = []
  const found: string[] = []

  function visit(file: string): void {
    const at = path.indexOf(file)
    if (at >= 0) found.push([...path.slice(at), file].join(' → '))
    if (at >= 0 || done.has(file)) return
    path.push(file)
    for (const next of edges.get(file) ?? []) visit(next)
    path.pop()
    done.add(file)
  }

  for (const file of edges.keys()) visit(file)
  return found
}

function targets(imports: Source['imports']): readonly string[] {
  return [...new Set(imports.flatMap(({ target }) => target ?? []))]
}
