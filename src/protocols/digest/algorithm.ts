/** The hash algorithms of Digest: their names on the wire, and what each computes. */
import { hash } from 'node:crypto'

/** The algorithms that RFC 7616 section 6.1 registers, each alone and with session keys. MD5 is broken and only there for old clients. */
export type DigestAlgorithm = 'SHA-256' | 'SHA-256-sess' | 'SHA-512-256' | 'SHA-512-256-sess' | 'MD5' | 'MD5-sess'

interface AlgorithmEntry {
  /** The name that `node:crypto` has for H. */
  readonly hash: string
  /** How many hexadecimal digits H has. */
  readonly digits: number
  /** Whether A1 is a session key (RFC 7616 section 3.4.2). */
  readonly hasSession: boolean
}

// SHA-512-256 is SHA-512/256 of FIPS 180-4, with a start value of its own, and not SHA-512 cut to half: RFC 7616 erratum 4897.
const entries: Readonly<Record<DigestAlgorithm, AlgorithmEntry>> = {
  'SHA-256': { hash: 'sha256', digits: 64, hasSession: false },
  'SHA-256-sess': { hash: 'sha256', digits: 64, hasSession: true },
  'SHA-512-256': { hash: 'sha512-256', digits: 64, hasSession: false },
  'SHA-512-256-sess': { hash: 'sha512-256', digits: 64, hasSession: true },
  MD5: { hash: 'md5', digits: 32, hasSession: false },
  'MD5-sess': { hash: 'md5', digits: 32, hasSession: true },
}

const byLowerCase: ReadonlyMap<string, DigestAlgorithm> = new Map(
  Object.keys(entries)
    .filter(isAlgorithm)
    .map((name) => [name.toLowerCase(), name]),
)

function isAlgorithm(name: string): name is DigestAlgorithm {
  return Object.hasOwn(entries, name)
}

/** The algorithm that a parameter names, in any case; MD5 where it is absent (RFC 7616 section 3.3), `null` when nobody knows it. */
export function readAlgorithm(name: string | undefined): DigestAlgorithm | null {
  return name === undefined ? 'MD5' : (byLowerCase.get(name.toLowerCase()) ?? null)
}

/** H(data) in lower-case hexadecimal digits (RFC 7616 section 3.4.1). */
export function hashHex(algorithm: DigestAlgorithm, data: string | Uint8Array): string {
  return hash(entries[algorithm].hash, data, 'hex')
}

/** Whether a text is written as H writes its results. */
export function isHash(algorithm: DigestAlgorithm, text: string): boolean {
  return text.length === entries[algorithm].digits && /^[0-9a-f]*$/.test(text)
}

/** Whether A1 depends on the nonces of a session (RFC 7616 section 3.4.2). */
export function hasSession(algorithm: DigestAlgorithm): boolean {
  return entries[algorithm].hasSession
}
