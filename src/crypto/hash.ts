/** Hashes of random tokens, and comparison that tells nothing by its time. */
import { hash, timingSafeEqual } from 'node:crypto'

/** SHA-256 over a purpose label and a text, base64url: how tokens of 128 bits and more are stored. */
export function labelledHash(label: string, text: string): string {
  return hash('sha256', `${label}\0${text}`, 'base64url')
}

/** Whether two texts are equal, in a time that depends on their lengths only. */
export function equalTexts(a: string, b: string): boolean {
  const left = Buffer.from(a)
  const right = Buffer.from(b)
  return left.length === right.length && timingSafeEqual(left, right)
}
