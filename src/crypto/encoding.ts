/** Strict base64url and base32: one text per value, so that no two spellings name the same thing. */

/** Bytes as base64url without padding (RFC 4648 section 5). */
export function toBase64url(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64url')
}

/** The bytes that a base64url text stands for, or `null` unless it is their one canonical spelling. */
export function fromBase64url(text: string): Uint8Array | null {
  const bytes = Buffer.from(text, 'base64url')
  return bytes.toString('base64url') === text ? bytes : null
}

const base32Alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** Bytes as base32 in capitals without padding (RFC 4648 section 6). */
export function toBase32(bytes: Uint8Array): string {
  let text = ''
  let [bits, held] = [0, 0]
  for (const byte of bytes) {
    bits = ((bits << 8) | byte) & 0xfff
    for (held += 8; held >= 5; held -= 5) text += base32Alphabet.charAt((bits >> (held - 5)) & 31)
  }
  return held === 0 ? text : text + base32Alphabet.charAt((bits << (5 - held)) & 31)
}

/** The bytes that a base32 text stands for, or `null` unless it is their one canonical spelling. */
export function fromBase32(text: string): Uint8Array | null {
  const bytes = new Uint8Array(Math.floor((text.length * 5) / 8))
  let [bits, held, length] = [0, 0, 0]
  for (const character of text) {
    bits = ((bits << 5) | base32Alphabet.indexOf(character)) & 0xfff
    held += 5
    if (held >= 8) {
      held -= 8
      bytes[length++] = bits >> held
    }
  }
  return toBase32(bytes) === text ? bytes : null
}
