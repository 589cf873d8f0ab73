/** Every step of WebAuthn Level 3 §7.2 refuses what it is there for, and the counter is told apart behind the signature. */
import assert from 'node:assert/strict'
import { generateKeyPairSync, hash } from 'node:crypto'
import { describe, test } from 'node:test'
import { encodeCBOR } from '@levischuck/tiny-cbor'
import fc from 'fast-check'
import { type AuthenticationJson, type Authenticator, createAuthenticator } from '../../testing/authenticator.ts'
import type { Alterations } from '../../testing/authenticator-reply.ts'
import { type CoseAlgorithm, coseAlgorithms } from './algorithm.ts'
import { type AssertionOptions, type AssertionResult, type CounterOutcome, verifyAssertion } from './assertion.ts'
import type { WebauthnFailure } from './failure.ts'
import { type RegisteredCredential, verifyRegistration } from './registration.ts'

const seed = Number(process.env.PORTCULLIS_SEED ?? 1)
const origin = 'https://login.example.com'
const challenge = 'dGhlIGNoYWxsZW5nZSBvZiB0aGlzIGNlcmVtb255IQ'
const userHandle = 'dXNlcg'
const algorithms = Object.values(coseAlgorithms)
const judgedBy = { challenge, rpId: 'example.com', origins: [origin], userVerification: 'required' } as const
const requested = { challenge, rpId: 'example.com' }

/** A user with one passkey. */
function registered(like: Parameters<typeof createAuthenticator>[0] = {}): { authenticator: Authenticator; stored: RegisteredCredential } {
  const authenticator = createAuthenticator({ origin, algorithm: -7, ...like })
  const options = { challenge, rp: { id: 'example.com' }, user: { id: userHandle }, pubKeyCredParams: [] }
  const result = verifyRegistration({ ...judgedBy, algorithms, credential: authenticator.register(options) })
  assert.ok(result.ok)
  return { authenticator, stored: result.credential }
}

const { authenticator, stored } = registered()

function reply(alter: Alterations = {}): AuthenticationJson {
  return authenticator.authenticate(requested, alter)
}

function judge(credential: unknown, options: Partial<AssertionOptions> = {}): AssertionResult {
  return verifyAssertion({ ...judgedBy, stored, userHandle, isUserKnown: false, credential, ...options })
}

/** The code, or `ok`. */
function verdict(credential: unknown, options: Partial<AssertionOptions> = {}): WebauthnFailure | 'ok' {
  const result = judge(credential, options)
  return result.ok ? 'ok' : result.code
}

for (const [name, alg] of Object.entries(coseAlgorithms)) {
  test(`AL-FP-2 AL-FP-3 ${name}: three logins without a user name are right, and the counter goes 1, 2, 3`, () => {
    const own = registered({ algorithm: alg, flags: { backupEligible: true } })
    for (const counter of [1, 2, 3]) {
      const result = judge(own.authenticator.authenticate(requested), { stored: { ...own.stored, counter: counter - 1 } })
      assert.deepEqual(result, {
        ok: true,
        assertion: {
          credentialId: own.stored.id,
          counter,
          counterOutcome: 'advanced',
          userPresent: true,
          userVerified: true,
          backupEligible: true,
          backupState: false,
        },
      })
    }
  })
}

const bytes = (...values: readonly number[]): Uint8Array => Uint8Array.from(values)
/** A whole credential of one, so that nothing is wrong with it but where it stands. */
const attested = Buffer.concat([Buffer.alloc(16), bytes(0, 1, 9), encodeCBOR(new Map([[1, 2]]))])
const twiceZero = bytes(0x30, 6, 2, 1, 0, 2, 1, 0)

/** Another spelling of a DER signature: the first number with a zero in front. */
function padded(signature: Uint8Array): Uint8Array {
  const first = signature[3] ?? 0
  return Buffer.concat([
    bytes(0x30, (signature[1] ?? 0) + 1, 2, first + 1, 0),
    signature.subarray(4, 4 + first),
    signature.subarray(4 + first),
  ])
}

/** A step, what is altered, and the code that it is refused with. */
const refused: readonly (readonly [string, Alterations, WebauthnFailure])[] = [
  ['step 6, AL-FST-P6: a login without a user name says whose it is', { userHandle: null }, 'user_handle_missing'],
  ['step 6, AL-FST-P6: the handle is that of the owner', { userHandle: 'b3RoZXI' }, 'user_handle_mismatch'],
  ['step 6: the handle is no other spelling of it', { userHandle: `${userHandle}==` }, 'encoding_invalid'],
  ['step 9: client data is JSON', { clientDataJSON: Buffer.from('no') }, 'client_data_malformed'],
  ['step 11: the challenge is the issued one', { clientData: { challenge: 'b3RoZXI' } }, 'challenge_mismatch'],
  ['step 12, AL-FP-6: the origin is a configured one', { clientData: { origin: 'https://example.org' } }, 'origin_mismatch'],
  ['step 13, THR-106: no frame of another origin', { clientData: { crossOrigin: true } }, 'cross_origin_refused'],
  ['step 13, THR-106: crossOrigin is true or false', { clientData: { crossOrigin: 'true' } }, 'client_data_malformed'],
  ['step 14, THR-106: no top origin', { clientData: { topOrigin: 'https://evil.example' } }, 'top_origin_refused'],
  ['step 15, AL-FP-6: the relying party is this one', { rpIdHash: hash('sha256', 'example.org', 'buffer') }, 'rp_id_mismatch'],
  ['step 16: somebody was there', { flags: { userPresent: false } }, 'user_not_present'],
  ['step 17, THR-98: the user was verified', { flags: { userVerified: false } }, 'user_not_verified'],
  ['step 18: what cannot be backed up is not', { flags: { backupState: true } }, 'backup_state_invalid'],
  ['step 19, THR-106: it can be backed up only if it always could', { flags: { backupEligible: true } }, 'backup_eligibility_changed'],
  ['§6.1: there is no credential data', { flags: { attestedData: true }, behindAuthenticatorData: attested }, 'attested_data_unexpected'],
  ['§6.1: nothing is behind the authenticator data', { behindAuthenticatorData: bytes(0) }, 'authenticator_data_bytes_behind'],
  ['§6.1: extension data is one map', { extensions: bytes(0xa0, 0) }, 'authenticator_data_bytes_behind'],
]

describe('WebAuthn §7.2', () => {
  for (const [name, alter, code] of refused) test(name, () => assert.equal(verdict(reply(alter)), code))

  test('step 5: where credentials were offered it is one of them', () => {
    assert.equal(verdict(reply(), { allowCredentials: ['AAAA', stored.id] }), 'ok')
    assert.equal(verdict(reply(), { allowCredentials: ['AAAA'] }), 'credential_not_allowed')
  })

  test('step 6, THR-100: a credential is not judged by the key of another', () => {
    assert.equal(verdict(reply(), { stored: { ...stored, id: 'AAAA' } }), 'credential_unknown')
  })

  test('step 6, THR-101: whoever was named beforehand may be left out of the reply, but not be somebody else', () => {
    assert.equal(verdict(reply({ userHandle: null }), { isUserKnown: true }), 'ok')
    assert.equal(verdict(reply({ userHandle: 'b3RoZXI' }), { isUserKnown: true }), 'user_handle_mismatch')
  })

  test('step 10, AL-FP-12 THR-103: a reply of one ceremony is of no use in the other', () => {
    assert.equal(verdict(reply({ clientData: { type: 'webauthn.create' } })), 'type_mismatch')
    const made = createAuthenticator({ origin }).register({
      challenge,
      rp: { id: 'example.com' },
      user: { id: userHandle },
      pubKeyCredParams: [{ alg: -7 }],
    })
    const { clientDataJSON, authenticatorData } = made.response
    const { signature } = reply().response
    const posing = { ...made, response: { clientDataJSON, authenticatorData, signature, userHandle } }
    assert.equal(verdict({ ...posing, id: stored.id, rawId: stored.id }), 'type_mismatch')
  })

  test('steps 13 and 14: a frame is accepted where embedding is configured, and only on the sites named', () => {
    const topOrigins = ['https://shop.example']
    const framed = (topOrigin: string): unknown => reply({ clientData: { crossOrigin: true, topOrigin } })
    assert.equal(verdict(framed('https://shop.example'), { topOrigins }), 'ok')
    assert.equal(verdict(framed('https://evil.example'), { topOrigins }), 'top_origin_refused')
  })

  test('step 17: a user who was not verified is accepted unless that was required, and it is told', () => {
    const result = judge(reply({ flags: { userVerified: false } }), { userVerification: 'preferred' })
    assert.ok(result.ok && !result.assertion.userVerified)
  })

  test('step 19: a credential that could be backed up still can; whether it is may change, and is told', () => {
    const synced = { ...stored, backupEligible: true }
    assert.equal(verdict(reply(), { stored: synced }), 'backup_eligibility_changed')
    for (const backupState of [true, false]) {
      const result = judge(reply({ flags: { backupEligible: true, backupState } }), { stored: synced })
      assert.ok(result.ok && result.assertion.backupState === backupState)
    }
  })

  test('step 21, THR-105 THR-106: a signature of nothing or zeros, with bytes behind it, or in another spelling is refused', () => {
    const wrong: readonly ((signature: Uint8Array) => Uint8Array)[] = [
      () => bytes(),
      () => twiceZero,
      (der) => Buffer.concat([der, bytes(0)]),
      (der) => der.subarray(0, -1),
      padded,
    ]
    for (const signature of wrong) assert.equal(verdict(reply({ signature })), 'signature_invalid', String(signature))
  })

  test('step 21, AL-FP-9: a signature by another key, or over anything else, is refused', () => {
    const other = registered()
    const foreign = other.authenticator.authenticate(requested)
    assert.equal(verdict({ ...foreign, id: stored.id, rawId: stored.id }), 'signature_invalid')
    const honest = reply()
    const swapped = { ...honest, response: { ...honest.response, signature: reply({ counter: 99 }).response.signature } }
    assert.equal(verdict(swapped), 'signature_invalid')
  })

  test('step 21: a key verifies by the algorithm that it was registered with, and by no other', () => {
    const rsa = registered({ algorithm: -257 })
    const credential = rsa.authenticator.authenticate(requested)
    assert.equal(verdict(credential, { stored: rsa.stored }), 'ok')
    assert.equal(verdict(credential, { stored: { ...rsa.stored, alg: -37 } }), 'signature_invalid')
    for (const alg of [-7, -8, -65535, 0, Number.NaN]) {
      assert.equal(verdict(credential, { stored: { ...rsa.stored, alg } }), 'stored_key_invalid')
    }
    assert.equal(verdict(credential, { stored: { ...rsa.stored, spki: bytes(1, 2, 3) } }), 'stored_key_invalid')
    const x25519 = generateKeyPairSync('x25519').publicKey.export({ type: 'spki', format: 'der' })
    assert.equal(verdict(reply(), { stored: { ...stored, spki: x25519 } }), 'stored_key_invalid')
  })

  test('step 22, AL-FP-10: the counter is told apart: advanced, not advanced, never counted', () => {
    const outcome = (before: number, counter: number): CounterOutcome | null => {
      const result = judge(reply({ counter }), { stored: { ...stored, counter: before } })
      return result.ok && result.assertion.counter === counter ? result.assertion.counterOutcome : null
    }
    assert.equal(outcome(0, 0), 'never_counted')
    assert.equal(outcome(0, 1), 'advanced')
    assert.equal(outcome(5, 6), 'advanced')
    assert.equal(outcome(5, 2 ** 32 - 1), 'advanced')
    assert.equal(outcome(5, 5), 'not_advanced')
    assert.equal(outcome(5, 4), 'not_advanced')
    assert.equal(outcome(5, 0), 'not_advanced')
  })

  test('step 22: a counter that nobody signed is not judged', () => {
    const honest = reply({ counter: 3 })
    const changed = Buffer.from(honest.response.authenticatorData, 'base64url')
    changed.writeUInt32BE(1, 33)
    const response = { ...honest.response, authenticatorData: changed.toString('base64url') }
    assert.equal(verdict({ ...honest, response }, { stored: { ...stored, counter: 2 } }), 'signature_invalid')
  })

  test('AL-FP-10: of two copies of a credential the one that is behind is told', () => {
    const own = registered()
    const thief = own.authenticator.clone()
    own.authenticator.authenticate(requested)
    const first = judge(own.authenticator.authenticate(requested), { stored: own.stored })
    assert.ok(first.ok && first.assertion.counterOutcome === 'advanced')
    const copied = judge(thief.authenticate(requested), { stored: { ...own.stored, counter: first.assertion.counter } })
    assert.ok(copied.ok && copied.assertion.counterOutcome === 'not_advanced')
  })

  test('step 23: what extensions say is signed along and passed over', () => {
    const extensions = encodeCBOR(new Map<string, Uint8Array>([['hmac-secret', bytes(1, 2, 3)]]))
    assert.equal(verdict({ ...reply({ extensions }), clientExtensionResults: { appid: false } }), 'ok')
  })
})

describe('any input', () => {
  test('a flipped bit of any part of an assertion is refused', () => {
    for (const alg of algorithms) {
      const own = registered({ algorithm: alg })
      const honest = own.authenticator.authenticate(requested)
      const part = fc.constantFrom<keyof AuthenticationJson['response']>('clientDataJSON', 'authenticatorData', 'signature', 'userHandle')
      const check = fc.property(part, fc.nat(), fc.nat(7), (name, at, bit) => {
        const changed = Buffer.from(honest.response[name] ?? '', 'base64url')
        const index = at % changed.length
        changed.writeUInt8(changed.readUInt8(index) ^ (1 << bit), index)
        const response = { ...honest.response, [name]: changed.toString('base64url') }
        assert.notEqual(verdict({ ...honest, response }, { stored: own.stored }), 'ok')
      })
      fc.assert(check, { seed, numRuns: 400 })
    }
  })

  test('no value throws: neither any JSON nor an honest reply with any value in a place of it', () => {
    const honest = reply()
    const value = fc.oneof(
      fc.jsonValue(),
      fc.uint8Array({ maxLength: 200 }).map((some) => Buffer.from(some).toString('base64url')),
    )
    const hostile = fc.oneof(
      fc.jsonValue(),
      fc.tuple(fc.constantFrom(...Object.keys(honest)), value).map(([name, some]) => ({ ...honest, [name]: some })),
      fc
        .tuple(fc.constantFrom(...Object.keys(honest.response)), value)
        .map(([name, some]) => ({ ...honest, response: { ...honest.response, [name]: some } })),
    )
    fc.assert(
      fc.property(hostile, (credential) => {
        assert.equal(typeof judge(credential).ok, 'boolean')
      }),
      { seed, numRuns: 3000 },
    )
  })

  test('any signature of any length is refused, for every algorithm', () => {
    const own = new Map<CoseAlgorithm, ReturnType<typeof registered>>(algorithms.map((alg) => [alg, registered({ algorithm: alg })]))
    fc.assert(
      fc.property(fc.constantFrom(...algorithms), fc.uint8Array({ maxLength: 600 }), (alg, signature) => {
        const user = own.get(alg)
        assert.ok(user)
        const credential = user.authenticator.authenticate(requested, { signature: () => signature })
        assert.equal(verdict(credential, { stored: user.stored }), 'signature_invalid')
      }),
      { seed, numRuns: 700 },
    )
  })
})
