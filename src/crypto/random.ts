/** The one place that randomness comes from. */
import { randomBytes, randomFillSync } from 'node:crypto'

/** Gives that many unpredictable bytes. Injected where a test must choose them. */
export type Random = (size: number) => Uint8Array

/** Bytes in stock: each call of the system costs what hundreds of bytes do. */
const stock = Buffer.alloc(512)
let taken = stock.length

/** The operating system's generator. Throws when it fails; nothing falls back. No byte is given twice, and none that was given stays in stock. */
export const systemRandom: Random = (size) => {
  if (size > stock.length) return randomBytes(size)
  if (taken + size > stock.length) {
    randomFillSync(stock)
    taken = 0
  }
  const bytes = Uint8Array.from(stock.subarray(taken, taken + size))
  stock.fill(0, taken, taken + size)
  taken += size
  return bytes
}

/** A random token in base64url: 43 characters for the default of 256 bits. */
export function randomToken(bytes = 32, random: Random = systemRandom): string {
  return Buffer.from(random(bytes)).toString('base64url')
}
