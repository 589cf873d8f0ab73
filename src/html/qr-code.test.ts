/** A QR code is read back by an independent decoder, and is markup that gives nothing away and breaks nothing. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import decoder from 'jsqr'
import { qrCode } from './qr-code.ts'

const seed = Number(process.env.PORTCULLIS_SEED ?? 1)
const scale = 3
const uri = 'otpauth://totp/Example:user%40example.com?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Example'

interface Picture {
  readonly pixels: Uint8ClampedArray
  readonly side: number
  /** For each module whether it is dark. */
  isDark(x: number, y: number): boolean
}

/** Paints the element on a black page, as dark mode would show it. */
function paint(markup: string): Picture {
  const size = Number(/viewBox="0 0 (\d+) \1"/.exec(markup)?.[1])
  assert.match(markup, new RegExp(`<rect width="${size}" height="${size}" fill="#fff"/>`))
  const dark = new Set<string>()
  const path = /<path d="([^"]*)" fill="#000"\/>/.exec(markup)?.[1] ?? ''
  assert.match(path, /^(M\d+ \d+h\d+v1h-\d+z)+$/)
  for (const [, x = '', y = '', width = ''] of path.matchAll(/M(\d+) (\d+)h(\d+)/g))
    for (let step = 0; step < Number(width); step++) dark.add(`${Number(x) + step} ${y}`)
  const isDark = (x: number, y: number): boolean => dark.has(`${x} ${y}`)
  const side = size * scale
  const pixels = new Uint8ClampedArray(side * side * 4)
  for (let index = 0; index < side * side; index++) {
    const shade = isDark(Math.floor((index % side) / scale), Math.floor(index / side / scale)) ? 0 : 255
    pixels.set([shade, shade, shade, 255], index * 4)
  }
  return { pixels, side, isDark }
}

function decode(markup: string): string | null {
  const { pixels, side } = paint(markup)
  return decoder.default(pixels, side, side, { inversionAttempts: 'dontInvert' })?.data ?? null
}

test('AL-QS-19 a URI with a secret is read back', () => {
  assert.equal(decode(String(qrCode(uri, { title: 'QR code' }))), uri)
})

test('texts of any characters and lengths are read back', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme', minLength: 1, maxLength: 120 }).filter((text) => text.isWellFormed()),
      (text) => {
        assert.equal(decode(String(qrCode(text, { title: 'QR code' }))), text)
      },
    ),
    { seed, numRuns: 25 },
  )
})

test('four modules of white are around the code, and corners begin with the finder pattern', () => {
  const { isDark, side } = paint(String(qrCode(uri, { title: 'QR code' })))
  const size = side / scale
  for (let at = 0; at < size; at++) {
    for (let margin = 0; margin < 4; margin++) {
      for (const [x, y] of [
        [at, margin],
        [margin, at],
        [at, size - 1 - margin],
        [size - 1 - margin, at],
      ] as const)
        assert.equal(isDark(x, y), false, `${x} ${y}`)
    }
  }
  assert.deepEqual([isDark(4, 4), isDark(size - 5, 4), isDark(4, size - 5)], [true, true, true])
})

test('the picture has a name for whoever cannot see it, and nothing of the text in it', () => {
  const markup = String(qrCode(uri, { title: 'QR code for "<Example>"' }))
  assert.match(markup, /^<svg [^>]*role="img"[^>]*><title>QR code for &quot;&lt;Example&gt;&quot;<\/title>/)
  assert.doesNotMatch(markup, /otpauth|secret|GEZD|Example:/)
})

test('nothing in it needs a script, a style or a file', () => {
  const markup = String(qrCode('<script>alert(1)</script>', { title: 'QR code' }))
  assert.doesNotMatch(markup, /<script|<style|style=|\bon\w+=|href|url\(|\bid=/)
})

test('a text that is too long is refused with a sentence, and the longest is read back', () => {
  const longest = 'a'.repeat(2331)
  assert.equal(decode(String(qrCode(longest, { title: 'QR code' }))), longest)
  for (const text of [`${longest}a`, 'ä'.repeat(1166), '1'.repeat(1e6)])
    assert.throws(() => qrCode(text, { title: 'QR code' }), /at most 2331 bytes/)
})
