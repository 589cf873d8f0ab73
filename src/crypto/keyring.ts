/** Keys derived from the application's secrets: one per use, so that no value is good for two. */
import { createCipheriv, createDecipheriv, createHmac, hkdfSync } from 'node:crypto'
import { fromBase64url, toBase64url } from './encoding.ts'
import { equalTexts, labelledHash } from './hash.ts'
import { type Random, systemRandom } from './random.ts'

/** Keyed hashes and seals under one or several secrets, newest first: the newest writes, all read. */
export interface Keyring {
  /** HMAC-SHA256 of the text under the newest secret's key for this label, base64url. */
  keyed(label: string, text: string): string
  /** Whether a value is the keyed hash of the text under any of the secrets, in constant time for each. */
  verifyKeyed(label: string, text: string, value: string): boolean
  /** Seals a text (AES-256-GCM): secret, unforgeable, and bound to `context`, which unsealing must repeat. */
  seal(label: string, context: string, text: string): string
  /** The sealed text, or `null` when it was made by nobody who holds one of the secrets, or for another context. */
  unseal(label: string, context: string, sealed: string): string | null
}

/** A key of one label, and what seals name it by. */
interface Key {
  readonly bytes: Buffer
  readonly id: Buffer
}

const keyIdLength = 6
const ivLength = 12
const tagLength = 16

/**
 * Makes a keyring (HKDF-SHA256, RFC 5869, one `info` label per use).
 *
 * @param secrets each at least 32 bytes; the first is the newest
 */
export function createKeyring(secrets: readonly Uint8Array[], random: Random = systemRandom): Keyring {
  const derived = new Map<string, readonly Key[]>()

  function keysFor(label: string): readonly Key[] {
    const known = derived.get(label)
    if (known) return known
    const keys = secrets.map((secret) => {
      const bytes = Buffer.from(hkdfSync('sha256', secret, '', `portcullis ${label}`, 32))
      return { bytes, id: keyId(bytes) }
    })
    derived.set(label, keys)
    return keys
  }

  function newest(label: string): Key {
    const [key] = keysFor(label)
    if (!key) throw new Error('A keyring needs at least one secret.')
    return key
  }

  function hmac({ bytes }: Key, text: string): string {
    return createHmac('sha256', bytes).update(text).digest('base64url')
  }

  return {
    keyed: (label, text) => hmac(newest(label), text),

    verifyKeyed(label, text, value) {
      let found = false
      for (const key of keysFor(label)) if (equalTexts(hmac(key, text), value)) found = true
      return found
    },

    seal(label, context, text) {
      const key = newest(label)
      const iv = random(ivLength)
      const cipher = createCipheriv('aes-256-gcm', key.bytes, iv)
      cipher.setAAD(Buffer.from(context))
      const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
      return toBase64url(Buffer.concat([key.id, iv, body, cipher.getAuthTag()]))
    },

    unseal(label, context, sealed) {
      const bytes = fromBase64url(sealed)
      if (!bytes || bytes.length < keyIdLength + ivLength + tagLength) return null
      const key = keysFor(label).find(({ id }) => id.equals(bytes.subarray(0, keyIdLength)))
      return key ? open(key.bytes, context, bytes) : null
    },
  }
}

function keyId(key: Buffer): Buffer {
  return Buffer.from(labelledHash('portcullis key id', key.toString('base64url')), 'base64url').subarray(0, keyIdLength)
}

function open(key: Buffer, context: string, bytes: Uint8Array): string | null {
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(keyIdLength, keyIdLength + ivLength))
  decipher.setAAD(Buffer.from(context))
  decipher.setAuthTag(bytes.subarray(-tagLength))
  try {
    return Buffer.concat([decipher.update(bytes.subarray(keyIdLength + ivLength, -tagLength)), decipher.final()]).toString('utf8')
  } catch {
    return null // authentication failed: tampered with, or sealed for another context
  }
}
