/** Ceremonies of the software authenticator with something wrong, or nothing, as the dice fall. Only the keys are new each time. */
import { hash } from 'node:crypto'
import { encodeCBOR } from '@levischuck/tiny-cbor'
import {
  type Alterations,
  type AuthenticationJson,
  type Authenticator,
  createAuthenticator,
  type RegistrationJson,
} from 'portcullis/testing'
import { type CoseAlgorithm, coseAlgorithms, type RegisteredCredential, verifyRegistration } from 'portcullis/webauthn'
import type { Members } from '../../src/model/json.ts'
import type { Dice } from '../attacks/random.ts'

/** What all ceremonies are judged by. */
export const site = {
  challenge: 'dGhlIGNoYWxsZW5nZSBvZiB0aGlzIGNlcmVtb255IQ',
  rpId: 'example.com',
  origin: 'https://login.example.com',
} as const

export const algorithms: readonly CoseAlgorithm[] = Object.values(coseAlgorithms)

/** One user of each algorithm with a passkey. */
export interface Account {
  readonly authenticator: Authenticator
  readonly stored: RegisteredCredential
}

/** What a server asks for when it makes a passkey. */
export const creation: Members = { challenge: site.challenge, rp: { id: site.rpId }, user: { id: 'dXNlcg' }, pubKeyCredParams: [] }

/** What a server asks for at a login. */
export const request: Members = { challenge: site.challenge, rpId: site.rpId }

/** Makes an account of an algorithm. */
export function createAccount(algorithm: CoseAlgorithm): Account {
  const authenticator = createAuthenticator({ origin: site.origin, algorithm })
  const credential = authenticator.register(creation)
  const { challenge, rpId, origin } = site
  const result = verifyRegistration({ credential, challenge, rpId, origins: [origin], userVerification: 'required', algorithms })
  if (!result.ok) throw new Error(result.code)
  return { authenticator, stored: result.credential }
}

/** A reply, honest or not, and what was done to it. */
export interface Ceremony<Reply> {
  readonly reply: Reply
  readonly what: string
}

/** A registration. RSA keys take long to make, so those are few. */
export function anyRegistration(dice: Dice): Ceremony<RegistrationJson> {
  const algorithm = dice.pick(dice.percent(2) ? algorithms : ([-7, -7, -8, -35, -36, -53] as const))
  const attestation = dice.pick(['none', 'packed'] as const)
  const authenticator = createAuthenticator({ origin: site.origin, algorithm, attestation })
  if (dice.percent(15)) return { reply: authenticator.register(creation), what: `${algorithm} ${attestation}` }
  if (dice.percent(50)) {
    const { alter, what } = anyAlteration(dice)
    return { reply: authenticator.register(creation, alter), what: `${algorithm} ${attestation} ${what}` }
  }
  const honest = authenticator.register(creation)
  const { clientDataJSON, attestationObject } = honest.response
  const { changed, what } = damage({ clientDataJSON, attestationObject }, dice)
  return { reply: { ...honest, response: { ...honest.response, ...changed } }, what: `${algorithm} ${attestation} ${what}` }
}

/** A login of that account. */
export function anyAssertion({ authenticator }: Account, dice: Dice): Ceremony<AuthenticationJson> {
  if (dice.percent(15)) return { reply: authenticator.authenticate(request), what: 'honest' }
  if (dice.percent(50)) {
    const { alter, what } = anyAlteration(dice)
    return { reply: authenticator.authenticate(request, alter), what }
  }
  const honest = authenticator.authenticate(request)
  const { clientDataJSON, authenticatorData, signature } = honest.response
  const { changed, what } = damage({ clientDataJSON, authenticatorData, signature }, dice)
  return { reply: { ...honest, response: { ...honest.response, ...changed } }, what }
}

const flagNames = ['userPresent', 'userVerified', 'backupEligible', 'backupState', 'attestedData', 'extensionData'] as const
const members = ['type', 'challenge', 'origin', 'crossOrigin', 'topOrigin', 'tokenBinding', 'other'] as const
const values = [
  null,
  true,
  false,
  0,
  '',
  'webauthn.get',
  'webauthn.create',
  site.challenge,
  `${site.challenge}=`,
  site.origin,
  `${site.origin}/`,
  'http://login.example.com',
  [],
  [site.challenge],
  {},
  { status: 'supported' },
]

/** Something wrong that the authenticator itself signs. */
function anyAlteration(dice: Dice): { readonly alter: Alterations; readonly what: string } {
  const [kind, make] = dice.pick(alterations)
  const alter = make(dice)
  return { alter, what: `${kind} ${JSON.stringify(alter)}` }
}

const alterations: readonly (readonly [string, (dice: Dice) => Alterations])[] = [
  ['client data', (dice) => ({ clientData: { [dice.pick(members)]: dice.pick(values) } })],
  ['client data', (dice) => ({ clientData: { [dice.pick(members)]: dice.pick(values), [dice.pick(members)]: dice.pick(values) } })],
  ['client data without', (dice) => ({ clientData: { [dice.pick(members)]: undefined } })],
  ['flags', (dice) => ({ flags: { [dice.pick(flagNames)]: dice.percent(50), [dice.pick(flagNames)]: dice.percent(50) } })],
  ['counter', (dice) => ({ counter: dice.pick([0, 1, 2, 2 ** 31, 2 ** 32 - 1]) })],
  ['relying party', (dice) => ({ rpIdHash: hash('sha256', dice.pick(['example.org', 'login.example.com', 'EXAMPLE.COM']), 'buffer') })],
  ['credential id', (dice) => ({ credentialId: new Uint8Array(dice.pick([0, 1, 16, 1023, 1024, 5000])) })],
  ['key', (dice) => ({ publicKey: anyKey(dice) })],
  ['extensions', (dice) => ({ extensions: dice.pick([encodeCBOR(new Map([['a', 1]])), encodeCBOR(1), bytes(dice), new Uint8Array()]) })],
  ['behind authenticator data', (dice) => ({ behindAuthenticatorData: bytes(dice) })],
  ['behind attestation object', (dice) => ({ behindAttestationObject: bytes(dice) })],
  ['format', (dice) => ({ format: dice.pick(['none', 'packed', 'None', 'tpm', 'apple', 'fido-u2f', 'android-key', 'compound', 'x', '']) })],
  ['statement', (dice) => ({ statement: encodeCBOR(dice.pick<Cbor>([new Map(), new Map([['sig', bytes(dice)]]), [], 1, null])) })],
  ['signature', (dice) => ({ signature: (right) => damaged(right, dice) })],
  ['handle', (dice) => ({ userHandle: dice.pick([null, 'b3RoZXI', '', '=']) })],
]

type Cbor = Parameters<typeof encodeCBOR>[0]

/** A COSE key that may be unsound, or of another algorithm than its name. */
function anyKey(dice: Dice): Uint8Array {
  const coordinate = (): Cbor => new Uint8Array(dice.pick([31, 32, 32, 33, 48, 57, 66, 256])).fill(dice.below(256))
  const entries: (readonly [number, Cbor])[] = [
    [1, dice.pick([1, 2, 3, 4])],
    [3, dice.pick([...algorithms, 0, -65535, 'ES256'])],
    [-1, dice.percent(60) ? dice.pick([1, 2, 3, 6, 7]) : coordinate()],
    [-2, dice.percent(80) ? coordinate() : new Uint8Array([1, 0, 1])],
    [-3, coordinate()],
  ]
  return encodeCBOR(new Map(entries.filter(() => dice.percent(95))))
}

function bytes(dice: Dice): Uint8Array {
  return Uint8Array.from({ length: 1 + dice.below(8) }, () => dice.below(256))
}

/** Something wrong that happened to a part of a reply on its way: the parts that are others now. */
function damage(
  parts: Readonly<Record<string, string>>,
  dice: Dice,
): { readonly changed: Readonly<Record<string, string>>; readonly what: string } {
  const [name, text] = dice.pick(Object.entries(parts))
  const [otherName, otherText] = dice.pick(Object.entries(parts))
  if (dice.percent(15)) return { changed: { [name]: otherText }, what: `${otherName} as ${name}` }
  if (dice.percent(15)) {
    const spelled = dice.pick([`${text}=`, ` ${text}`, text.replaceAll('_', '/'), `${text}A`])
    return { changed: { [name]: spelled }, what: `${name} spelled in another way` }
  }
  const bytes = damaged(Buffer.from(text, 'base64url'), dice)
  return { changed: { [name]: Buffer.from(bytes).toString('base64url') }, what: `${name} damaged` }
}

/** A bit flipped, bytes cut off, or bytes put behind. */
function damaged(right: Uint8Array, dice: Dice): Uint8Array {
  const changed = Buffer.from(right)
  const at = dice.below(changed.length)
  if (dice.percent(20)) return changed.subarray(0, at)
  if (dice.percent(20)) return Buffer.concat([changed, bytes(dice)])
  changed.writeUInt8(changed.readUInt8(at) ^ (1 << dice.below(8)), at)
  return changed
}
