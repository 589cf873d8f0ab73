/** What sources may not say: the clock, chance, the environment and the console outside their place, and parts of the language. */
import { isNode, lineOf, type Source, walk } from './source.ts'

type Node = Parameters<Parameters<typeof walk>[1]>[0]

/** A word of the language or a global that is refused, and the only files (a last `*`: any ending) that may use it. */
export interface Refusal {
  readonly says: (node: Node, parent: Node | null) => boolean
  readonly only: readonly string[]
}

/** One line for each use of something refused. */
export function refusedWords(sources: readonly Source[], refusals: Readonly<Record<string, Refusal>>): readonly string[] {
  return sources
    .filter(({ isTest }) => !isTest)
    .flatMap(({ file, text, program }) => {
      const found: string[] = []
      const applying = Object.entries(refusals).filter(([, { only }]) => !only.some((place) => isAt(file, place)))
      walk(program, (node, parent) => {
        for (const [what, { says }] of applying) if (says(node, parent)) found.push(`${file}:${lineOf(text, node.start)} ${what}`)
      })
      return found
    })
}

/** The time of day: `Date` for anything but reading or writing a time that is given. */
export function readsClock(node: Node, parent: Node | null): boolean {
  if (isMember(node) && isGlobal(node.object, 'Date')) return nameOf(node) !== 'parse' && nameOf(node) !== 'UTC'
  if (node.type === 'NewExpression' && isGlobal(node.callee, 'Date')) return !Array.isArray(node.arguments) || node.arguments.length === 0
  if (node.type === 'CallExpression' && isGlobal(node.callee, 'Date')) return true
  return isHandedOn(node, parent, 'Date')
}

/** Chance that is no secret: `Math.random` in any spelling. */
export function usesMathRandom(node: Node, parent: Node | null): boolean {
  if (isMember(node) && isGlobal(node.object, 'Math')) return nameOf(node) === 'random' || nameOf(node) === null
  return isHandedOn(node, parent, 'Math')
}

/** `process.env`, also through `globalThis` or an import of `node:process`. */
export function readsEnvironment(node: Node): boolean {
  if (node.type === 'ImportDeclaration') return isNode(node.source) && /^(node:)?process$/.test(String(node.source.value))
  if (isMember(node) && isGlobal(node.object, 'process')) return nameOf(node) === 'env' || nameOf(node) === null
  return node.type === 'VariableDeclarator' && isGlobal(node.init, 'process')
}

export function usesConsole(node: Node, parent: Node | null): boolean {
  return (isMember(node) && isGlobal(node.object, 'console')) || isHandedOn(node, parent, 'console')
}

export function exportsDefault(node: Node): boolean {
  if (node.type === 'ExportDefaultDeclaration') return true
  return node.type === 'ExportSpecifier' && isNode(node.exported) && (node.exported.name ?? node.exported.value) === 'default'
}

export function declaresEnum(node: Node): boolean {
  return node.type === 'TSEnumDeclaration'
}

/** `namespace X {}`; `declare module 'hono' {}` adds to another package's types and is allowed. */
export function declaresNamespace(node: Node): boolean {
  return node.type === 'TSModuleDeclaration' && !(isNode(node.id) && node.id.type === 'Literal')
}

export function saysAny(node: Node): boolean {
  return node.type === 'TSAnyKeyword'
}

/** A global as a value that is stored, passed or taken apart, so that its members can be reached unseen. */
function isHandedOn(node: Node, parent: Node | null, name: string): boolean {
  if (parent === null || !isGlobal(node, name)) return false
  if (parent.type === 'VariableDeclarator' || parent.type === 'AssignmentExpression') return node !== parent.id && node !== parent.left
  if (parent.type === 'CallExpression' || parent.type === 'NewExpression') return node !== parent.callee
  return parent.type === 'ArrayExpression' || parent.type === 'SpreadElement' || (parent.type === 'Property' && node === parent.value)
}

function isMember(node: Node): boolean {
  return node.type === 'MemberExpression'
}

/** The member's name, or `null` when it is computed. */
function nameOf(member: Node): string | null {
  const { property } = member
  if (!isNode(property)) return null
  if (member.computed !== true) return typeof property.name === 'string' ? property.name : null
  return property.type === 'Literal' && typeof property.value === 'string' ? property.value : null
}

/** `Date` or `globalThis.Date`, in parentheses or not. */
function isGlobal(node: unknown, name: string): boolean {
  if (!isNode(node)) return false
  if (node.type === 'Identifier') return node.name === name
  if (node.type === 'ParenthesizedExpression') return isGlobal(node.expression, name)
  return isMember(node) && nameOf(node) === name && (isGlobal(node.object, 'globalThis') || isGlobal(node.object, 'global'))
}

function isAt(file: string, place: string): boolean {
  return place.endsWith('*') ? file.startsWith(place.slice(0, -1)) : file === place
}
