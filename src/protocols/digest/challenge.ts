/** What a server asks for: `WWW-Authenticate: Digest …`, written, and read as a client does (RFC 7616 section 3.3). */
import { type DigestAlgorithm, readAlgorithm } from './algorithm.ts'
import { type DigestQop, readFlag } from './credentials.ts'
import { fromBytes, quote } from './field-text.ts'
import { readSchemes } from './parameters.ts'

/** One challenge. */
export interface DigestChallenge {
  /** Shown to users, and part of what the password is hashed with. */
  readonly realm: string
  readonly nonce: string
  readonly algorithm: DigestAlgorithm
  /** What the client may choose from. Empty in the form of RFC 2069. */
  readonly qop: readonly DigestQop[]
  /** Comes back unchanged. */
  readonly opaque: string | null
  /** URIs that the same credentials are for; empty: the whole server. */
  readonly domain: readonly string[]
  /** The nonce of the request was too old, and all else about it was right. */
  readonly stale: boolean
  /** Names and passwords are hashed in UTF-8 and NFC (RFC 7616 section 4). */
  readonly utf8: boolean
  /** The server finds users by the hash of name and realm. */
  readonly userhash: boolean
}

/** The longest field that is read, in characters: what Node takes for all headers of a response together. */
const longestField = 16_384

/**
 * Writes the value of one `WWW-Authenticate` field; several challenges go into several fields, the preferred one first (RFC 7616
 * section 3.7). What is quoted and what is not follows section 3.3.
 *
 * @throws RangeError when a value cannot stand in a header, or a URI of `domain` holds spaces, quotes or backslashes
 */
export function writeChallenge(challenge: DigestChallenge): string {
  const { realm, nonce, algorithm, qop, opaque, domain, stale, utf8, userhash } = challenge
  if (!domain.every((uri) => /^[!#-[\]-~]+$/.test(uri))) throw new RangeError('domain is a list of URIs, in visible ASCII.')
  const parts = [`realm=${quote(realm)}`]
  if (domain.length > 0) parts.push(`domain=${quote(domain.join(' '))}`)
  parts.push(`nonce=${quote(nonce)}`)
  if (opaque !== null) parts.push(`opaque=${quote(opaque)}`)
  if (stale) parts.push('stale=true')
  parts.push(`algorithm=${algorithm}`)
  if (qop.length > 0) parts.push(`qop=${quote(qop.join(','))}`) // no space: some old clients look for the bare words between commas
  if (utf8) parts.push('charset=UTF-8')
  if (userhash) parts.push('userhash=true')
  return `Digest ${parts.join(', ')}`
}

/**
 * The Digest challenges in the value of a `WWW-Authenticate` field, which may list several, of other schemes too (RFC 9110 section
 * 11.6.1). What cannot be answered is left out: unknown algorithms, unknown qop, a missing realm or nonce (RFC 7616 section 3.3). A
 * field that breaks the grammar holds none. Never throws.
 */
export function readChallenges(field: string | null): readonly DigestChallenge[] {
  if (field === null || field.length > longestField) return []
  const digests = readSchemes(field)?.filter(({ scheme }) => scheme === 'digest') ?? []
  return digests.map(({ parameters }) => readChallenge(parameters)).filter((challenge) => challenge !== null)
}

function readChallenge(parameters: ReadonlyMap<string, string>): DigestChallenge | null {
  const text = (name: string): string | null => fromBytes(parameters.get(name) ?? '')
  const [realm, nonce, domain] = [text('realm'), text('nonce'), text('domain')]
  const algorithm = readAlgorithm(parameters.get('algorithm'))
  const qop = readQop(parameters.get('qop'))
  if (realm === null || !parameters.has('realm') || !nonce || algorithm === null || qop === null || domain === null) return null
  return {
    realm,
    nonce,
    algorithm,
    qop,
    opaque: parameters.has('opaque') ? text('opaque') : null,
    domain: domain.split(' ').filter((uri) => uri !== ''),
    stale: readFlag(parameters.get('stale')) ?? false, // section 3.3: anything but true means that name or password is wrong
    utf8: parameters.get('charset')?.toLowerCase() === 'utf-8',
    userhash: readFlag(parameters.get('userhash')) ?? false,
  }
}

/** The known words of a list; none where it is absent; `null` when it names unknown ones only. */
function readQop(list: string | undefined): readonly DigestQop[] | null {
  if (list === undefined) return []
  const words = list.split(',').map((word) => word.trim().toLowerCase())
  const known = (['auth', 'auth-int'] as const).filter((word) => words.includes(word))
  return known.length === 0 ? null : known
}
