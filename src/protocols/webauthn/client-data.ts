/** What the browser says about a ceremony (WebAuthn Level 3 §5.8.1), and whether it is the one that was begun. */
import { refuse } from './failure.ts'

/** What client data must say. */
export interface ExpectedClientData {
  readonly type: 'webauthn.create' | 'webauthn.get'
  readonly challenge: string
  readonly origins: readonly string[]
  readonly topOrigins: readonly string[]
}

/** Checks client data: steps 5 to 11 of WebAuthn Level 3 §7.1, and steps 8 to 14 of §7.2. */
export function checkClientData(bytes: Uint8Array, expected: ExpectedClientData): void {
  const { type, challenge, origin, crossOrigin, topOrigin } = parse(bytes)
  // §7.1 step 7, §7.2 step 10
  if (type !== expected.type) refuse('type_mismatch')
  // §7.1 step 8, §7.2 step 11: the text is compared, so no other spelling of the same bytes will do
  if (challenge !== expected.challenge) refuse('challenge_mismatch')
  // §7.1 step 9, §7.2 step 12: equal as texts, port and scheme included
  if (!expected.origins.some((known) => known === origin)) refuse('origin_mismatch')
  // §7.1 step 10, §7.2 step 13
  if (crossOrigin !== undefined && typeof crossOrigin !== 'boolean') refuse('client_data_malformed')
  if (crossOrigin === true && expected.topOrigins.length === 0) refuse('cross_origin_refused')
  // §7.1 step 11, §7.2 step 14; there is a top origin in a frame of another origin only (§5.8.1)
  if (topOrigin === undefined) return
  if (typeof topOrigin !== 'string') refuse('client_data_malformed')
  if (crossOrigin !== true || !expected.topOrigins.includes(topOrigin)) refuse('top_origin_refused')
}

/** §7.1 steps 5 and 6, §7.2 steps 8 and 9: UTF-8 with or without a mark of byte order, and JSON. Members that nobody knows are passed over. */
function parse(bytes: Uint8Array): Readonly<Record<string, unknown>> {
  const value = parseJson(new TextDecoder().decode(bytes))
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return refuse('client_data_malformed')
  return { ...value }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return refuse('client_data_malformed')
  }
}
