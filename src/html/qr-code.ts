/** QR codes as pictures within a page: no file, no script, nothing that a strict content policy forbids. */
import { encode } from 'uqr'
import { type Html, html } from './html.ts'

/** How a QR code is shown. */
export interface QrCodeOptions {
  /** What it is, for whoever cannot see it. Never what is in it. */
  readonly title: string
}

/** Modules of white around the code (ISO/IEC 18004, section 9.1): scanners need it, and pages may be dark. */
const quietZone = 4

/**
 * A text as QR code: an SVG element, black on white whatever the colours of the page.
 *
 * @throws RangeError when the text is longer than a QR code can hold: 2,331 bytes of UTF-8
 */
export function qrCode(text: string, { title }: QrCodeOptions): Html {
  const rows = modulesOf(text)
  const size = rows.length + 2 * quietZone
  const runs = rows.flatMap((row, y) => runsOf(row).map(([x, length]) => `M${x + quietZone} ${y + quietZone}h${length}v1h-${length}z`))
  return html`<svg xmlns="http://www.w3.org/2000/svg" class="qr-code" role="img" viewBox="0 0 ${size} ${size}" width="${size * 4}" height="${size * 4}" shape-rendering="crispEdges"><title>${title}</title><rect width="${size}" height="${size}" fill="#fff"/><path d="${runs.join('')}" fill="#000"/></svg>`
}

/** Rows of modules, true where dark. Level M restores 15 per cent, which is plenty on a screen. */
function modulesOf(text: string): readonly (readonly boolean[])[] {
  const most = 2331 // version 40, level M, bytes
  if (new TextEncoder().encode(text).byteLength > most) throw new RangeError(`A QR code holds at most ${most} bytes.`)
  return encode(text, { ecc: 'M', border: 0 }).data
}

/** Where dark modules follow one another: the first, and how many. */
function runsOf(row: readonly boolean[]): readonly (readonly [start: number, length: number])[] {
  const runs: [number, number][] = []
  for (const [x, isDark] of row.entries()) {
    if (!isDark) continue
    const last = runs.at(-1)
    if (last && row[x - 1]) last[1] += 1
    else runs.push([x, 1])
  }
  return runs
}
