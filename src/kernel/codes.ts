/** Codes that are mailed to be typed: short, so they are good only under the throttle and for a short time. */
import type { Random } from '../crypto/random.ts'

/** Without 0 and O, 1 and I, which look alike: 32 letters, so that each is five bits. */
const alphabet = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ'
const length = 8

/** A new code of 40 bits, in capital letters and digits. */
export function newCode(random: Random): string {
  return Array.from(random(length), (byte) => alphabet[byte % alphabet.length]).join('')
}

/** A code as mails show it: `ABCD-EFGH`. */
export function showCode(code: string): string {
  return `${code.slice(0, length / 2)}-${code.slice(length / 2)}`
}

/** A typed code in the form it was made in: any case, dashes and spaces are nothing. */
export function readCode(typed: string): string {
  return typed.replace(/[\s\p{Pd}]+/gu, '').toUpperCase()
}
