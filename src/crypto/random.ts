/** The one place that randomness comes from. */
import { randomBytes } from 'node:crypto'

/** Gives that many unpredictable bytes. Injected where a test must choose them. */
export type Random = (size: number) => Uint8Array

/** The operating system's generator. Throws when it fails; nothing falls back. */
export const systemRandom: Random = (size) => randomBytes(size)

/** A random token in base64url: 43 characters for the default of 256 bits. */
export function randomToken(bytes = 32, random: Random = systemRandom): string {
  return Buffer.from(random(bytes)).toString('base64url')
}
