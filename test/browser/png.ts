/** Reads screenshots: PNG as Chromium writes it, with 8 bits for each of three or four channels and not interlaced. */
import { inflateSync } from 'node:zlib'

/** What is in one. */
export interface Picture {
  readonly width: number
  readonly height: number
  /** Red, green, blue and opacity of each pixel, row by row. */
  readonly pixels: Uint8ClampedArray
}

/** The picture of a file. @throws Error when it is of another kind */
export function readPng(file: Buffer): Picture {
  const [width, height] = [file.readUInt32BE(16), file.readUInt32BE(20)]
  const [depth, colour, , , interlace] = file.subarray(24, 29)
  if (depth !== 8 || (colour !== 2 && colour !== 6) || interlace !== 0) throw new Error('This is no screenshot of Chromium.')
  const channels = colour === 6 ? 4 : 3
  const bytes = unfilter(inflateSync(Buffer.concat(packedParts(file))), width * channels, channels)
  const pixels = new Uint8ClampedArray(width * height * 4).fill(255)
  for (let index = 0; index < width * height; index++) pixels.set(bytes.subarray(index * channels, index * channels + channels), index * 4)
  return { width, height, pixels }
}

/** The contents of the chunks `IDAT`. */
function packedParts(file: Buffer): readonly Buffer[] {
  const parts: Buffer[] = []
  for (let at = 8; at < file.length; at += 12 + file.readUInt32BE(at))
    if (file.toString('latin1', at + 4, at + 8) === 'IDAT') parts.push(file.subarray(at + 8, at + 8 + file.readUInt32BE(at)))
  return parts
}

/** Takes back what each row was filtered by (PNG, section 9.2). */
function unfilter(filtered: Buffer, stride: number, channels: number): Uint8Array {
  const height = filtered.length / (stride + 1)
  const bytes = new Uint8Array(height * stride)
  for (let y = 0; y < height; y++) {
    const start = y * (stride + 1)
    for (let x = 0; x < stride; x++) {
      const at = y * stride + x
      const left = x < channels ? 0 : (bytes[at - channels] ?? 0)
      const above = bytes[at - stride] ?? 0
      const corner = x < channels ? 0 : (bytes[at - stride - channels] ?? 0)
      bytes[at] = (filtered[start + 1 + x] ?? 0) + predict(filtered[start] ?? 0, left, above, corner)
    }
  }
  return bytes
}

function predict(filter: number, left: number, above: number, corner: number): number {
  if (filter === 1) return left
  if (filter === 2) return above
  if (filter === 3) return (left + above) >> 1
  if (filter !== 4) return 0
  const [toLeft, toAbove, toCorner] = [above - corner, left - corner, left + above - 2 * corner].map(Math.abs)
  if (toLeft === undefined || toAbove === undefined || toCorner === undefined) return 0
  if (toLeft <= toAbove && toLeft <= toCorner) return left
  return toAbove <= toCorner ? above : corner
}
