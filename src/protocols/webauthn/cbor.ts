/** CBOR (RFC 8949) of authenticators: one map, bounded in depth, and every failure a code. */
import { isUtf8 } from 'node:buffer'
import { type CBORType, decodeCBOR } from '@levischuck/tiny-cbor'
import { refuse } from './failure.ts'

/** A decoded map. */
export type CborMap = ReadonlyMap<string | number, CBORType>

/** How deep items may be nested: attestation statements need four levels. */
const mostDepth = 16

const [byteString, textString, array, map, tag] = [2, 3, 4, 5, 6]

/** The map that these bytes are, and nothing behind it. */
export function decodeMap(bytes: Uint8Array): CborMap {
  const found = decodeLeadingMap(bytes)
  if (found.length !== bytes.length) refuse('cbor_bytes_behind')
  return found.map
}

/** The map that these bytes begin with, and how many of them it is. */
export function decodeLeadingMap(bytes: Uint8Array): { readonly map: CborMap; readonly length: number } {
  const length = findEnd(bytes, 0, 0)
  const value = decode(bytes.subarray(0, length))
  if (!(value instanceof Map)) return refuse('cbor_malformed')
  return { map: value, length }
}

function decode(bytes: Uint8Array): CBORType {
  try {
    // A copy, in which what ends early ends: the decoder would read on in the memory behind a view. It takes no Buffer either.
    return decodeCBOR(new Uint8Array(bytes))
  } catch {
    return refuse('cbor_malformed')
  }
}

/** Where the item at an offset ends, or would end. What the decoder would recurse into too deeply is refused before it does. */
function findEnd(bytes: Uint8Array, start: number, depth: number): number {
  const head = bytes[start]
  if (head === undefined) return refuse('cbor_malformed')
  const major = head >> 5
  const { argument, end } = readArgument(bytes, start, head & 31)
  if (major === byteString || major === textString) return findStringEnd(bytes, end, argument, major === textString)
  if (major !== array && major !== map && major !== tag) return end
  if (depth === mostDepth) refuse('cbor_too_deep')
  const items = major === tag ? 1 : major === map ? argument * 2 : argument
  let next = end
  // Each item takes a byte at least, so a wrong count ends with the bytes.
  for (let item = 0; item < items; item++) next = findEnd(bytes, next, depth + 1)
  return next
}

/** RFC 8949 section 3: the value in the head of an item. Indefinite lengths are not canonical (CTAP2 section 8). */
function readArgument(bytes: Uint8Array, start: number, info: number): { readonly argument: number; readonly end: number } {
  if (info < 24) return { argument: info, end: start + 1 }
  if (info > 27) return refuse('cbor_malformed')
  const end = start + 1 + 2 ** (info - 24)
  let argument = 0
  for (const byte of bytes.subarray(start + 1, end)) argument = argument * 256 + byte
  return { argument, end }
}

/** Text is UTF-8 without a mark of byte order, which the decoder would drop: two spellings of one name. */
function findStringEnd(bytes: Uint8Array, start: number, length: number, isText: boolean): number {
  const end = start + length
  if (!isText) return end
  const text = bytes.subarray(start, end)
  const hasMark = text[0] === 0xef && text[1] === 0xbb && text[2] === 0xbf
  if (hasMark || !isUtf8(text)) refuse('cbor_malformed')
  return end
}
