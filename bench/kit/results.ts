/** What a bench hands back, and how it reads: one table per bench, each limit met or missed in view. */

/** One line of a table. */
export interface Line {
  readonly what: string
  readonly measured: string
  /** Beside what it is compared with. */
  readonly ratio?: string
  readonly limit?: string
  /** Whether the limit is met; absent where there is none. */
  readonly met?: boolean
}

/** What one bench found out. */
export interface Section {
  readonly title: string
  /** How it was measured, in a sentence or two. */
  readonly how: string
  /** What the columns of numbers hold. */
  readonly columns: { readonly measured: string; readonly ratio: string }
  readonly lines: readonly Line[]
  /** Said below the table. */
  readonly notes?: readonly string[]
}

/** A bench: run alone by its name. */
export type Bench = () => Promise<Section>

/** The section as Markdown, which also reads well in a terminal. */
export function renderSection({ title, how, columns, lines, notes = [] }: Section): string {
  const rows = [
    ['', columns.measured, columns.ratio, 'limit', ''],
    ...lines.map(({ what, measured, ratio = '', limit = '', met }) => [what, measured, ratio, limit, verdict(met)]),
  ]
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0), 3))
  const [head = '', ...body] = rows.map((row) => `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`)
  const rule = `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`
  return [`## ${title}`, '', how, '', head, rule, ...body, ...notes.flatMap((note) => ['', note]), ''].join('\n')
}

function verdict(met: boolean | undefined): string {
  return met === undefined ? '' : met ? 'met' : 'MISSED'
}

/** The lines whose limit is missed. */
export function missed({ lines }: Section): readonly Line[] {
  return lines.filter(({ met }) => met === false)
}
