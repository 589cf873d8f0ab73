import assert from 'node:assert/strict'
import { test } from 'node:test'
import { styleSheet } from './style.ts'

/** Foreground, background, and the least contrast: 4.5 for text (WCAG 1.4.3), 3 for edges and the focus ring (1.4.11). */
const pairs: readonly (readonly [string, string, number])[] = [
  ['text', 'page', 4.5],
  ['text', 'card', 4.5],
  ['soft', 'page', 4.5],
  ['soft', 'card', 4.5],
  ['main', 'page', 4.5],
  ['main', 'card', 4.5],
  ['on-main', 'main', 4.5],
  ['on-main', 'main-hover', 4.5],
  ['wrong', 'card', 4.5],
  ['wrong', 'wrong-back', 4.5],
  ['done', 'card', 4.5],
  ['done', 'done-back', 4.5],
  ['edge', 'card', 3],
  ['edge', 'page', 3],
  ['main', 'wrong-back', 3],
]

for (const [scheme, start] of [
  ['light', styleSheet.indexOf(':root')],
  ['dark', styleSheet.indexOf('prefers-color-scheme: dark')],
] as const) {
  test(`every pair of colours can be told apart in ${scheme}`, (context) => {
    const block = styleSheet.slice(start, styleSheet.indexOf('}', start))
    const colours = new Map([...block.matchAll(/--([a-z-]+): (#[0-9a-f]{6})/g)].map(([, name = '', colour = '']) => [name, colour]))
    for (const [front, back, least] of pairs) {
      const ratio = contrast(colours.get(front) ?? '', colours.get(back) ?? '')
      context.diagnostic(`${front} on ${back}: ${ratio.toFixed(2)}`)
      assert.ok(ratio >= least, `${front} on ${back} is ${ratio.toFixed(2)}, less than ${least}`)
    }
  })
}

test('the sheet is small, loads nothing and obeys wishes about colour, motion and paper', () => {
  assert.ok(Buffer.byteLength(styleSheet) < 6100)
  assert.doesNotMatch(styleSheet, /url\(|@import/)
  for (const wish of ['prefers-color-scheme', 'prefers-reduced-motion', 'forced-colors', 'print', ':focus-visible']) {
    assert.ok(styleSheet.includes(wish), wish)
  }
})

/** WCAG 2.2, "contrast ratio". */
function contrast(one: string, other: string): number {
  const [darker = 0, lighter = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b)
  return (lighter + 0.05) / (darker + 0.05)
}

function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const channel = Number.parseInt(colour.slice(at, at + 2), 16) / 255
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}
