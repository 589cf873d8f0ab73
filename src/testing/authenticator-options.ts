/** What a server asks of an authenticator, read from the JSON forms of WebAuthn Level 3 §5.4 and §5.5. */
import type { Json } from '../model/json.ts'

/** What of creation options an authenticator looks at. */
export interface CreationOptions {
  readonly challenge: string
  readonly rpId: string
  readonly userHandle: string
  readonly offered: readonly number[]
  readonly excluded: readonly string[]
}

/** What of request options an authenticator looks at. */
export interface RequestOptions {
  readonly challenge: string
  readonly rpId: string
  readonly allowed: readonly string[]
}

type Options = Readonly<Record<string, unknown>>

/** @throws TypeError when something needed is missing */
export function readCreationOptions(value: Json | undefined, origin: string): CreationOptions {
  const options = members(value)
  return {
    challenge: text(options.challenge, 'challenge'),
    rpId: readRpId(members(options.rp).id, origin),
    userHandle: text(members(options.user).id, 'user.id'),
    offered: list(options.pubKeyCredParams).flatMap(({ alg }) => (typeof alg === 'number' ? [alg] : [])),
    excluded: list(options.excludeCredentials).map(({ id }) => text(id, 'excludeCredentials')),
  }
}

/** @throws TypeError when something needed is missing */
export function readRequestOptions(value: Json | undefined, origin: string): RequestOptions {
  const options = members(value)
  return {
    challenge: text(options.challenge, 'challenge'),
    rpId: readRpId(options.rpId, origin),
    allowed: list(options.allowCredentials).map(({ id }) => text(id, 'allowCredentials')),
  }
}

/** The host of the origin unless it is given, as browsers do. */
function readRpId(value: unknown, origin: string): string {
  return value === undefined ? new URL(origin).hostname : text(value, 'rp id')
}

function members(value: unknown): Options {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}

function list(value: unknown): readonly Options[] {
  return Array.isArray(value) ? value.map(members) : []
}

function text(value: unknown, name: string): string {
  if (typeof value !== 'string') throw new TypeError(`The options of the ceremony lack ${name}.`)
  return value
}
