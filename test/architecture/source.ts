/** The sources as the architecture test sees them: files, their syntax tree and what they import. */
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, posix } from 'node:path'
import { type Program, parseSync } from 'oxc-parser'

/** How far an import binds: a value at load time, a type only, or a value when first asked for. */
export type ImportKind = 'value' | 'type' | 'lazy'

export interface Import {
  readonly kind: ImportKind
  /** As written: `../model/user.ts`, `kysely`, or `null` when it is computed. */
  readonly specifier: string | null
  /** The path of the imported file when the specifier is relative: `src/model/user.ts`. */
  readonly target: string | null
  readonly line: number
}

export interface Source {
  /** With slashes, from the root: `src/kernel/auth.ts`. */
  readonly file: string
  readonly text: string
  readonly program: Program
  readonly imports: readonly Import[]
  readonly isTest: boolean
}

/** Reads every `.ts` file under `<root>/src`, in order of path. */
export function readSources(root: string): readonly Source[] {
  return readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
    .map((name) => posix.join('src', name.replaceAll('\\', '/')))
    .filter((file) => file.endsWith('.ts'))
    .sort()
    .map((file) => parseSource(file, readFileSync(join(root, file), 'utf8')))
}

/** The line, from 1, of an offset in a text. */
export function lineOf(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length
}

type Node = Readonly<Record<string, unknown>> & { readonly type: string; readonly start: number }

/** Calls `visit` for every node of the tree, parents first. */
export function walk(node: unknown, visit: (node: Node, parent: Node | null) => void, parent: Node | null = null): void {
  if (Array.isArray(node)) {
    for (const item of node) walk(item, visit, parent)
    return
  }
  if (!isNode(node)) return
  visit(node, parent)
  for (const value of Object.values(node)) if (typeof value === 'object') walk(value, visit, node)
}

export function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string'
}

function parseSource(file: string, text: string): Source {
  const { program, module, errors } = parseSync(file, text)
  if (errors[0] !== undefined) throw new SyntaxError(`${file}: ${errors[0].message}`)
  const found: Import[] = []
  const add = (kind: ImportKind, specifier: string | null, start: number): void => {
    const target = specifier?.startsWith('.') ? posix.join(dirname(file), specifier) : null
    found.push({ kind, specifier, target, line: lineOf(text, start) })
  }
  for (const { entries, moduleRequest, start } of module.staticImports) {
    add(entries.length > 0 && entries.every((entry) => entry.isType) ? 'type' : 'value', moduleRequest.value, start)
  }
  for (const { entries, start } of module.staticExports) {
    for (const { moduleRequest, isType } of entries) {
      if (moduleRequest !== null) add(isType ? 'type' : 'value', moduleRequest.value, start)
    }
  }
  for (const { moduleRequest, start } of module.dynamicImports) {
    add('lazy', literal(text.slice(moduleRequest.start, moduleRequest.end)), start)
  }
  walk(program, (node) => {
    if (node.type === 'TSImportType' && isNode(node.source) && typeof node.source.value === 'string')
      add('type', node.source.value, node.start)
  })
  return { file, text, program, imports: found, isTest: file.endsWith('.test.ts') }
}

function literal(text: string): string | null {
  return /^(['"`])([^'"`$\\]*)\1$/.exec(text)?.[2] ?? null
}
