/** Reads what the documentation tests look at in a page: code blocks, links and anchors. */

export interface CodeBlock {
  /** The words after the fence: `ts`, `ts run`. */
  readonly info: string
  /** Line of the opening fence, from 1. */
  readonly line: number
  readonly code: string
}

export interface Link {
  readonly target: string
  readonly line: number
}

interface Line {
  readonly text: string
  readonly number: number
}

/** The fenced code blocks of a page. */
export function codeBlocks(page: string): readonly CodeBlock[] {
  return split(page).blocks
}

/** The targets of all links and images outside code. */
export function links(page: string): readonly Link[] {
  return split(page).prose.flatMap(({ text, number }) => {
    const plain = text.replace(/`[^`]*`/g, '``')
    const inline = plain.matchAll(/\]\(\s*<?([^)\s>]+)>?(?:\s+"[^"]*")?\s*\)/g)
    const reference = plain.matchAll(/^\s*\[[^\]]+\]:\s*<?([^\s>]+)/g)
    const html = plain.matchAll(/\b(?:href|src)="([^"]+)"/g)
    return [...inline, ...reference, ...html].map(([, target = '']) => ({ target, line: number }))
  })
}

/** The anchors that a page's headings get when it is shown, and those set by hand. */
export function anchors(page: string): ReadonlySet<string> {
  const found = new Set<string>()
  for (const { text } of split(page).prose) {
    for (const [, id = ''] of text.matchAll(/<a\s+(?:id|name)="([^"]+)"/g)) found.add(id)
    const heading = /^#{1,6}\s+(.*?)\s*#*$/.exec(text)?.[1]
    if (heading === undefined) continue
    const slug = slugOf(heading)
    let unique = slug
    for (let count = 1; found.has(unique); count += 1) unique = `${slug}-${count}`
    found.add(unique)
  }
  return found
}

function slugOf(heading: string): string {
  return heading
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replace(/\s/g, '-')
}

/** Parts a page into its fenced blocks and the lines outside them. */
function split(page: string): { readonly blocks: readonly CodeBlock[]; readonly prose: readonly Line[] } {
  const blocks: CodeBlock[] = []
  const prose: Line[] = []
  let open: { readonly fence: string; readonly info: string; readonly line: number; readonly code: string[] } | null = null
  for (const [index, text] of page.split('\n').entries()) {
    const [, fence = '', info = ''] = /^\s*(`{3,}|~{3,})\s*(.*?)\s*$/.exec(text) ?? []
    if (open === null) {
      if (fence === '') prose.push({ text, number: index + 1 })
      else open = { fence, info, line: index + 1, code: [] }
    } else if (fence.startsWith(open.fence) && info === '') {
      blocks.push({ info: open.info, line: open.line, code: open.code.join('\n') })
      open = null
    } else open.code.push(text)
  }
  if (open !== null) throw new SyntaxError(`The code block of line ${open.line} has no end.`)
  return { blocks, prose }
}
