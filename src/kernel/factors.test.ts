/** Counting factors: what a proof is worth is the door's word, and two of one channel are one. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Proof } from '../model/session.ts'
import { addProof, foreignProof, kindOf, makeProof, provedSecond, type Role } from './factors.ts'
import type { ProofKind } from './feature.ts'
import type { Proven } from './step.ts'

const kinds: readonly ProofKind[] = [
  { method: 'password', channel: 'password', as: ['first', 'again'], has: () => true },
  { method: 'totp', channel: 'app', as: ['second'], has: () => true },
  { method: 'code', channel: 'paper', as: ['backup'], has: () => true },
  { method: 'passkey', channel: 'passkey', as: ['first', 'second', 'again'], has: () => true },
  { method: 'remember', channel: 'remember', as: ['first'], neverFresh: true, has: () => true },
]
const kernel = { proofKinds: new Map(kinds.map((kind) => [kind.method, kind])) }

function prove(proven: Proven | string, role: Role, at = 1): Proof {
  return makeProof(kernel, typeof proven === 'string' ? { method: proven } : proven, role, at)
}

test('a kind may be proven in its roles; second ones also again; backups answer a debt; any other role is a mistake', () => {
  const allowed: Readonly<Record<string, readonly Role[]>> = {
    password: ['first', 'again'],
    totp: ['second', 'again'],
    code: ['second'],
    passkey: ['first', 'second', 'again'],
    remember: ['first'],
  }
  for (const [method, roles] of Object.entries(allowed)) {
    for (const role of ['first', 'second', 'again'] as const) {
      if (roles.includes(role)) assert.equal(prove(method, role).method, method)
      else assert.throws(() => prove(method, role), { message: `A proof by "${method}" may not be used as ${role}.` })
    }
  }
  assert.throws(() => prove('unheard-of', 'first'), { message: 'No feature has proofs of the method "unheard-of".' })
})

test('channel, place and freshness are the kind’s; factors and resistance what was proven', () => {
  const plain = { channel: 'password', factors: 1, at: 7, fresh: true, phishingResistant: false }
  assert.deepEqual(prove('password', 'first', 7), { method: 'password', as: 'first', ...plain })
  assert.deepEqual(prove('password', 'again', 7), { method: 'password', as: 'first', ...plain })
  assert.equal(prove('totp', 'again').as, 'second')
  assert.equal(prove('passkey', 'again').as, 'second')
  assert.equal(prove('remember', 'first').fresh, false)
  const verified = prove({ method: 'passkey', factors: 2, phishingResistant: true }, 'first')
  assert.deepEqual([verified.factors, verified.phishingResistant, verified.as], [2, true, 'first'])
})

test('a second factor is one proof that is two, or a second one of another channel than a first', () => {
  const table: readonly (readonly [readonly Proof[], boolean])[] = [
    [[], false],
    [[prove('password', 'first')], false],
    [[prove('totp', 'second')], false],
    [[prove('password', 'first'), prove('totp', 'second')], true],
    [[prove('password', 'first'), prove('code', 'second')], true],
    [[prove('password', 'first'), prove('password', 'again')], false],
    [[prove('password', 'first'), prove('remember', 'first')], false],
    [[prove('passkey', 'first'), prove('passkey', 'second')], false],
    [[prove('passkey', 'first'), prove('passkey', 'again')], false],
    [[prove('passkey', 'first'), prove('passkey', 'second'), prove('password', 'again')], true],
    [[prove({ method: 'passkey', factors: 2 }, 'first')], true],
    [[foreignProof('google', 1, 1)], false],
    [[foreignProof('google', 2, 1)], true],
    [[foreignProof('google', 1, 1), prove('totp', 'second')], true],
  ]
  for (const [proofs, expected] of table)
    assert.equal(provedSecond(proofs), expected, proofs.map(({ method, as }) => `${method} as ${as}`).join(', '))
})

test('of each method and role the latest proof stays, at the end', () => {
  const [first, second, again] = [prove('password', 'first', 1), prove('totp', 'second', 2), prove('password', 'again', 3)]
  assert.deepEqual(addProof([first, second], again), [second, again])
  const both = addProof([prove('passkey', 'first', 1)], prove('passkey', 'second', 2))
  assert.deepEqual(
    both.map(({ as }) => as),
    ['first', 'second'],
  )
})

test('a kind is found by its method, and an unknown one is not found', () => {
  assert.equal(kindOf(kernel, 'totp').channel, 'app')
  assert.throws(() => kindOf(kernel, 'unheard-of'), { name: 'AuthError', code: 'not_found' })
})
