/** Honest and mutated ceremonies, judged by us and by SimpleWebAuthn: where the two differ it is for a reason that has a name. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { verifyAuthenticationResponse, verifyRegistrationResponse } from '@simplewebauthn/server'
import { type AuthenticationJson, createAuthenticator, type RegistrationJson } from 'portcullis/testing'
import { coseAlgorithms, verifyAssertion, verifyRegistration, type WebauthnFailure } from 'portcullis/webauthn'
import { createDice, seed } from '../attacks/random.ts'
import { type Account, algorithms, anyAssertion, anyRegistration, createAccount, creation, request, site } from './ceremonies.ts'

const rounds = process.env.PORTCULLIS_SOAK === '1' ? 100_000 : 10_000
const { challenge, rpId, origin } = site

/** A verdict of ours: the code of a refusal, `counter` for one that did not advance, or `ok`. */
type Verdict = WebauthnFailure | 'counter' | 'ok'

/** Where we accept and they do not, by their words. docs/guide/webauthn.md says why. */
const wider: Readonly<Record<string, RegExp>> = {
  'Ed448 is an algorithm of WebAuthn': /invalid alg -53/,
  'token binding is judged no more': /token_?binding/i,
  'statements of other formats are recorded and not verified': /\((TPM|Apple|Android Key|FIDOU2F)\)|Format: compound/,
}

/** Where we refuse and they do not. docs/guide/webauthn.md says why. */
const stricter: ReadonlySet<Verdict> = new Set<Verdict>([
  'encoding_invalid',
  'client_data_malformed',
  'cross_origin_refused',
  'top_origin_refused',
  'cbor_malformed',
  'cbor_bytes_behind',
  'authenticator_data_bytes_behind',
  'key_malformed',
  'key_not_on_curve',
  'key_weak',
  'attestation_statement_malformed',
  'attestation_algorithm_mismatch',
  'attestation_signature_invalid',
  'credential_id_length',
  'credential_id_mismatch',
  'user_handle_mismatch',
  'attested_data_unexpected',
  'backup_eligibility_changed',
  'signature_invalid',
])

function ourRegistration(credential: RegistrationJson): Verdict {
  const result = verifyRegistration({ credential, challenge, rpId, origins: [origin], userVerification: 'required', algorithms })
  return result.ok ? 'ok' : result.code
}

/** They refuse a counter that does not advance; with us that is the caller's business. */
function ourAssertion(credential: AuthenticationJson, { stored }: Account): Verdict {
  const judgedBy = { challenge, rpId, origins: [origin], userVerification: 'required', userHandle: 'dXNlcg', isUserKnown: true } as const
  const result = verifyAssertion({ credential, stored, ...judgedBy })
  if (!result.ok) return result.code
  return result.assertion.counterOutcome === 'not_advanced' ? 'counter' : 'ok'
}

/** Their words when they refuse, else `null`. */
function theirRegistration({ response, ...credential }: RegistrationJson): Promise<string | null> {
  return theirWords(() =>
    verifyRegistrationResponse({
      response: { ...credential, response: { ...response, transports: [...response.transports] } },
      expectedChallenge: challenge,
      expectedOrigin: origin,
      expectedRPID: rpId,
      supportedAlgorithmIDs: [...algorithms],
    }),
  )
}

function theirAssertion(response: AuthenticationJson, { stored }: Account): Promise<string | null> {
  const credential = { id: stored.id, publicKey: new Uint8Array(stored.cose), counter: stored.counter }
  const options = { expectedChallenge: challenge, expectedOrigin: origin, expectedRPID: rpId, credential }
  return theirWords(() => verifyAuthenticationResponse({ response, ...options }))
}

async function theirWords(judge: () => Promise<{ readonly verified: boolean }>): Promise<string | null> {
  try {
    return (await judge()).verified ? null : 'not verified'
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

/** How often the two agreed. */
interface Tally {
  accepted: number
  refused: number
}

/** Fails unless the two agree or differ for a reason with a name. */
function compare(tally: Tally, ours: Verdict, theirs: string | null, about: string): void {
  if (ours === 'ok' && theirs === null) tally.accepted++
  else if (ours !== 'ok' && theirs !== null) tally.refused++
  else if (ours !== 'ok') assert.ok(stricter.has(ours), `we refuse what they accept, ${ours}: ${about}`)
  else
    assert.ok(
      Object.values(wider).some((words) => words.test(theirs ?? '')),
      `we accept what they refuse, ${theirs}: ${about}`,
    )
}

for (const [name, algorithm] of Object.entries(coseAlgorithms)) {
  test(`${name}: what the software authenticator makes is right for both, with and without attestation, and so are three logins`, async () => {
    const isTheirs = name !== 'Ed448'
    for (const attestation of ['none', 'packed'] as const) {
      const credential = createAuthenticator({ origin, algorithm, attestation }).register(creation)
      assert.equal(ourRegistration(credential), 'ok')
      if (isTheirs || attestation === 'none') assert.equal(await theirRegistration(credential), null)
    }
    const account = createAccount(algorithm)
    for (let login = 0; login < 3; login++) {
      const credential = account.authenticator.authenticate(request)
      assert.equal(ourAssertion(credential, account), 'ok')
      if (isTheirs) assert.equal(await theirAssertion(credential, account), null)
    }
  })
}

test(`THR-106 ${rounds} registrations: we accept nothing that SimpleWebAuthn refuses, but for reasons with a name`, async () => {
  const tally = { accepted: 0, refused: 0 }
  for (let round = 0; round < rounds; round++) {
    const { reply, what } = anyRegistration(createDice(seed, round))
    compare(tally, ourRegistration(reply), await theirRegistration(reply), `PORTCULLIS_SEED=${seed} registration ${round}: ${what}`)
  }
  assert.ok(Math.min(tally.accepted, tally.refused) > rounds / 5, JSON.stringify(tally))
})

test(`THR-106 ${rounds} logins: we accept nothing that SimpleWebAuthn refuses, but for reasons with a name`, async () => {
  const tally = { accepted: 0, refused: 0 }
  const accounts = algorithms.map(createAccount)
  for (let round = 0; round < rounds; round++) {
    const dice = createDice(seed, rounds + round)
    const account = dice.pick(accounts)
    const { reply, what } = anyAssertion(account, dice)
    const about = `PORTCULLIS_SEED=${seed} login ${round}: ${what}`
    compare(tally, ourAssertion(reply, account), await theirAssertion(reply, account), about)
  }
  assert.ok(Math.min(tally.accepted, tally.refused) > rounds / 5, JSON.stringify(tally))
})
