/** Every step of WebAuthn Level 3 §7.1 refuses what it is there for, with a code of its own. */
import assert from 'node:assert/strict'
import { createPublicKey, generateKeyPairSync, hash, sign } from 'node:crypto'
import { describe, test } from 'node:test'
import { encodeCBOR } from '@levischuck/tiny-cbor'
import { algorithms, bytes, challenge, judge, origin, reply, verdict, withResponse } from '../../../test/webauthn/registration-replies.ts'
import type { Alterations } from '../../testing/authenticator-reply.ts'
import { coseAlgorithms } from './algorithm.ts'
import type { WebauthnFailure } from './failure.ts'

test('AL-FP-1 a registration gives the whole credential: key in both forms, counter, flags, transports, model', () => {
  const aaguid = Uint8Array.from({ length: 16 }, (_, index) => index + 1)
  const flags = { backupEligible: true, backupState: true }
  const credential = reply({ counter: 7 }, { aaguid, flags, transports: ['hybrid', 'internal'] })
  const result = judge(credential)
  assert.ok(result.ok)
  const { spki, cose, ...rest } = result.credential
  assert.deepEqual(rest, {
    id: credential.id,
    alg: -7,
    counter: 7,
    userPresent: true,
    userVerified: true,
    backupEligible: true,
    backupState: true,
    transports: ['hybrid', 'internal'],
    aaguid: '01020304-0506-0708-090a-0b0c0d0e0f10',
    discoverable: true,
    attestation: { format: 'none', type: 'none' },
  })
  assert.equal(Buffer.from(spki).toString('base64url'), credential.response.publicKey)
  const { x, y } = createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' }).export({ format: 'jwk' })
  const point = [x, y].map((text) => new Uint8Array(Buffer.from(String(text), 'base64url')))
  const map = new Map<number, number | Uint8Array>([[1, 2], [3, -7], [-1, 1], ...point.map((part, index) => [-2 - index, part] as const)])
  assert.deepEqual(Buffer.from(cose), Buffer.from(encodeCBOR(map)))
})

for (const [name, alg] of Object.entries(coseAlgorithms)) {
  test(`${name} is accepted, without attestation and signed by itself`, () => {
    assert.equal(verdict(reply({}, { algorithm: alg })), 'ok')
    const self = judge(reply({}, { algorithm: alg, attestation: 'packed' }))
    assert.ok(self.ok)
    assert.deepEqual(self.credential.attestation, { format: 'packed', type: 'self' })
    assert.equal(self.credential.alg, alg)
  })
}

const cbor = (value: Parameters<typeof encodeCBOR>[0]): Uint8Array => encodeCBOR(value)
const [bom, emptyMap] = [Buffer.from([0xef, 0xbb, 0xbf]), cbor(new Map())]

const textAlgorithm = cbor(
  new Map<string, string | Uint8Array | Uint8Array[]>([
    ['alg', 'ES256'],
    ['sig', bytes(1)],
    ['x5c', [bytes(1)]],
  ]),
)

/** A step, what is altered, and the code that it is refused with. */
const refused: readonly (readonly [string, Alterations, WebauthnFailure])[] = [
  ['step 6: client data is JSON', { clientDataJSON: Buffer.from('{"type":') }, 'client_data_malformed'],
  ['step 6: client data is no list', { clientDataJSON: Buffer.from('[]') }, 'client_data_malformed'],
  ['step 6: client data is not null', { clientDataJSON: Buffer.from('null') }, 'client_data_malformed'],
  ['step 6: client data is no text', { clientDataJSON: Buffer.from('"text"') }, 'client_data_malformed'],
  ['step 7, THR-103: the type is that of a registration', { clientData: { type: 'webauthn.get' } }, 'type_mismatch'],
  ['step 7: the type is there', { clientData: { type: undefined } }, 'type_mismatch'],
  ['step 8: the challenge is the issued one', { clientData: { challenge: 'b3RoZXI' } }, 'challenge_mismatch'],
  ['step 8, THR-106: the challenge has no padding', { clientData: { challenge: `${challenge}=` } }, 'challenge_mismatch'],
  ['step 8, THR-106: the challenge is no list', { clientData: { challenge: [challenge] } }, 'challenge_mismatch'],
  ['step 10, THR-106: no frame of another origin', { clientData: { crossOrigin: true } }, 'cross_origin_refused'],
  ['step 10, THR-106: crossOrigin is true or false', { clientData: { crossOrigin: 'true' } }, 'client_data_malformed'],
  ['step 11, THR-106: no top origin', { clientData: { topOrigin: origin } }, 'top_origin_refused'],
  ['step 11: a top origin is text', { clientData: { topOrigin: 1 } }, 'client_data_malformed'],
  ['step 13, THR-106: nothing behind the map', { behindAttestationObject: bytes(0) }, 'cbor_bytes_behind'],
  ['step 13: nothing behind the authenticator data', { behindAuthenticatorData: bytes(0) }, 'authenticator_data_bytes_behind'],
  ['step 13: the credential is in the authenticator data', { flags: { attestedData: false } }, 'authenticator_data_bytes_behind'],
  ['step 13: extension data that is announced is there', { flags: { extensionData: true } }, 'cbor_malformed'],
  ['step 13: extension data is a map', { extensions: bytes(0x80) }, 'cbor_malformed'],
  ['step 13: extension data is one map', { extensions: bytes(0xa0, 0xa0) }, 'authenticator_data_bytes_behind'],
  ['step 14, AL-FP-6: the relying party is this one', { rpIdHash: hash('sha256', 'example.org', 'buffer') }, 'rp_id_mismatch'],
  ['step 15: somebody was there', { flags: { userPresent: false } }, 'user_not_present'],
  ['step 16, THR-98: the user was verified', { flags: { userVerified: false } }, 'user_not_verified'],
  ['step 17: what cannot be backed up is not', { flags: { backupState: true } }, 'backup_state_invalid'],
  ['step 21: the format is registered', { format: 'not_real_fmt' }, 'attestation_format_unknown'],
  ['step 21: the format has its exact letters', { format: 'None' }, 'attestation_format_unknown'],
  ['step 22: no attestation has an empty statement', { statement: cbor(new Map([['alg', -7]])) }, 'attestation_statement_malformed'],
  ['step 22: a statement is a map', { format: 'tpm', statement: cbor([]) }, 'attestation_statement_malformed'],
  ['step 22: a compound statement is a list', { format: 'compound', statement: emptyMap }, 'attestation_statement_malformed'],
  ['step 22: a packed statement has a signature', { format: 'packed', statement: emptyMap }, 'attestation_statement_malformed'],
  [
    'step 22: the algorithm of a packed statement is a number',
    { format: 'packed', statement: textAlgorithm },
    'attestation_statement_malformed',
  ],
  ['step 25: the credential id has 1023 bytes at most', { credentialId: new Uint8Array(1024) }, 'credential_id_length'],
  ['step 25: the credential id is not empty', { credentialId: bytes() }, 'credential_id_length'],
]

describe('WebAuthn §7.1', () => {
  for (const [name, alter, code] of refused) test(name, () => assert.equal(verdict(reply(alter)), code))

  test('step 5: a mark of byte order before client data is passed over, and unknown members too', () => {
    const text = JSON.stringify({ type: 'webauthn.create', challenge, origin, extra: { any: ['thing'] } })
    assert.equal(verdict(reply({ clientDataJSON: Buffer.concat([bom, Buffer.from(text)]) })), 'ok')
  })

  test('step 9, AL-FP-6 THR-99: the origin is a configured one to the letter: scheme, host, port, capitals and dots count', () => {
    for (const other of [
      'https://example.org',
      'http://login.example.com',
      `${origin}:8443`,
      `${origin}:443`,
      `${origin}.`,
      `${origin}/`,
      `${origin}.evil.example`,
      'https://a@login.example.com',
      'https://LOGIN.example.com',
      'https://example.com',
      'null',
      '',
      [origin],
      undefined,
    ]) {
      assert.equal(verdict(reply({ clientData: { origin: other } })), 'origin_mismatch', String(other))
    }
    assert.equal(verdict(reply(), { origins: ['https://example.com', origin] }), 'ok')
  })

  test('steps 10 and 11: a frame is accepted where embedding is configured, and only on the sites named', () => {
    const topOrigins = ['https://shop.example']
    assert.equal(verdict(reply({ clientData: { crossOrigin: true } }), { topOrigins }), 'ok')
    const framed = (topOrigin: string): unknown => reply({ clientData: { crossOrigin: true, topOrigin } })
    assert.equal(verdict(framed('https://shop.example'), { topOrigins }), 'ok')
    assert.equal(verdict(framed('https://evil.example'), { topOrigins }), 'top_origin_refused')
    const alone = reply({ clientData: { topOrigin: 'https://shop.example' } })
    assert.equal(verdict(alone, { topOrigins }), 'top_origin_refused')
  })

  test('step 13: an attestation object lacks nothing', () => {
    const parts = { fmt: 'none', attStmt: new Map(), authData: bytes(1) }
    const without = (part: string): unknown => {
      const map = new Map(Object.entries(parts).filter(([name]) => name !== part))
      return withResponse({ attestationObject: Buffer.from(cbor(map)).toString('base64url') })
    }
    assert.equal(verdict(without('authData')), 'attestation_object_malformed')
    assert.equal(verdict(without('')), 'authenticator_data_malformed')
    const honest = reply({ statement: bytes(0xf6) })
    assert.equal(verdict(honest), 'attestation_statement_malformed')
  })

  test('step 13: authenticator data ends nowhere but at its end', () => {
    const { attestationObject } = reply().response
    const whole = Buffer.from(attestationObject, 'base64url')
    for (let length = 0; length < whole.length; length++) {
      const cut = withResponse({ attestationObject: whole.subarray(0, length).toString('base64url') })
      assert.equal(verdict(cut), 'cbor_malformed', `${length} bytes`)
    }
    for (const publicKey of [bytes(), bytes(0xa1), bytes(0x01)]) {
      assert.equal(verdict(reply({ publicKey })), 'cbor_malformed')
    }
  })

  test('step 15: a credential that was made along the way needs nobody’s presence, and says so', () => {
    const result = judge(reply({ flags: { userPresent: false, userVerified: false } }), {
      mediation: 'conditional',
      userVerification: 'preferred',
    })
    assert.ok(result.ok)
    assert.deepEqual([result.credential.userPresent, result.credential.userVerified], [false, false])
  })

  test('step 16: a user who was not verified is accepted unless that was required', () => {
    const credential = reply({ flags: { userVerified: false } })
    assert.equal(verdict(credential, { userVerification: 'preferred' }), 'ok')
    assert.equal(verdict(credential, { userVerification: 'discouraged' }), 'ok')
  })

  test('step 20, THR-98: an algorithm that was not offered is refused, however good', () => {
    for (const alg of algorithms) {
      const others = algorithms.filter((other) => other !== alg)
      assert.equal(verdict(reply({}, { algorithm: alg }), { algorithms: others }), 'algorithm_not_offered')
    }
  })

  test('step 22: self attestation is by the algorithm and the key of the credential', () => {
    const packed = (entries: readonly (readonly [string, number | Uint8Array | Uint8Array[]])[]): unknown =>
      reply({ format: 'packed', statement: cbor(new Map(entries)) })
    assert.equal(
      verdict(
        packed([
          ['alg', -8],
          ['sig', bytes(1)],
        ]),
      ),
      'attestation_algorithm_mismatch',
    )
    assert.equal(
      verdict(
        packed([
          ['alg', -7],
          ['sig', bytes(1)],
        ]),
      ),
      'attestation_signature_invalid',
    )
    assert.equal(
      verdict(
        packed([
          ['alg', -7],
          ['sig', bytes(1)],
          ['x5c', []],
        ]),
      ),
      'attestation_statement_malformed',
    )
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const foreign = (signature: Uint8Array): Uint8Array => sign('sha256', signature, privateKey)
    assert.equal(verdict(reply({ signature: foreign }, { attestation: 'packed' })), 'attestation_signature_invalid')
  })

  test('steps 22 to 24: a statement of somebody else is kept as unverified, and a credential with it is like any other', () => {
    const chain = cbor(
      new Map<string, number | Uint8Array | Uint8Array[]>([
        ['alg', -7],
        ['sig', bytes(1)],
        ['x5c', [bytes(1)]],
      ]),
    )
    for (const [format, statement] of [
      ['packed', chain],
      ['tpm', emptyMap],
      ['android-key', emptyMap],
      ['android-safetynet', emptyMap],
      ['fido-u2f', emptyMap],
      ['apple', emptyMap],
      ['compound', cbor([])],
    ] as const) {
      const result = judge(reply({ format, statement }))
      assert.ok(result.ok, format)
      assert.deepEqual(result.credential.attestation, { format, type: 'unverified' })
    }
  })

  test('step 25: a credential id of 1023 bytes is accepted', () => {
    assert.equal(verdict(reply({ credentialId: new Uint8Array(1023) })), 'ok')
  })

  test('step 28: results of extensions that nobody asked for are passed over', () => {
    const extensions = cbor(new Map([['credProtect', 2]]))
    const credential = { ...reply({ extensions }), clientExtensionResults: { appid: true, credProps: { rk: 'yes' } } }
    const result = judge(credential)
    assert.ok(result.ok)
    assert.equal(result.credential.discoverable, null)
  })
})
