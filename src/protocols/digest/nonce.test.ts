/** A nonce is ours in its scope and for its time, and nothing else is. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { createKeyring } from '../../crypto/keyring.ts'
import { checkNonce, issueNonce } from './nonce.ts'

const seed = Number(process.env.PORTCULLIS_SEED ?? 1)
const keys = createKeyring([Buffer.alloc(32, 'a')])
const scope = { realm: 'api', epoch: 'epoch', address: null }
const now = Date.UTC(2026, 0, 1)
const lifetime = 1800

/** What a nonce that was issued at `now` is at another time, in another scope, under other keys. */
function stateOf(
  nonce: string,
  { at = now, ...changes }: { at?: number; realm?: string; epoch?: string; address?: string | null } = {},
): string {
  return checkNonce(keys, nonce, { ...scope, ...changes }, at, lifetime).state
}

test('AL-FD-3 a nonce is valid for its lifetime, and then told apart from one that is not ours', () => {
  const nonce = issueNonce(keys, scope, now)
  assert.deepEqual(checkNonce(keys, nonce, scope, now, lifetime), { state: 'valid', issuedAt: now, expiresAt: now + 1_800_000 })
  assert.equal(stateOf(nonce, { at: now + 1_799_999 }), 'valid')
  assert.equal(stateOf(nonce, { at: now + 1_800_000 }), 'expired')
  assert.equal(stateOf(nonce, { at: now + 10 * 365 * 86_400_000 }), 'expired')
})

test('a nonce from a clock that is ahead is valid within a lifetime, and expired beyond', () => {
  const nonce = issueNonce(keys, scope, now + 1_799_999)
  assert.equal(stateOf(nonce), 'valid')
  assert.equal(stateOf(nonce, { at: now - 1 }), 'expired')
})

test('THR-107 THR-115 a nonce of another server, realm or epoch is not ours', () => {
  const nonce = issueNonce(keys, scope, now)
  assert.equal(checkNonce(createKeyring([Buffer.alloc(32, 'b')]), nonce, scope, now, lifetime).state, 'foreign')
  for (const changes of [{ realm: 'apj' }, { epoch: 'later' }, { realm: 'apiepoch', epoch: '' }, { realm: '', epoch: 'apiepoch' }])
    assert.equal(stateOf(nonce, changes), 'foreign', JSON.stringify(changes))
})

test('AL-FD-6 a bound nonce is good at its address only, and an unbound one at none in particular', () => {
  const bound = issueNonce(keys, { ...scope, address: '192.0.2.1' }, now)
  assert.equal(stateOf(bound, { address: '192.0.2.1' }), 'valid')
  for (const address of ['192.0.2.2', '', 'null', null]) assert.equal(stateOf(bound, { address }), 'foreign')
  assert.equal(stateOf(issueNonce(keys, scope, now), { address: '192.0.2.1' }), 'foreign')
})

test('a nonce goes on while its secret is listed, and not when it is removed', () => {
  const [older, newer] = [Buffer.alloc(32, 'a'), Buffer.alloc(32, 'b')]
  const nonce = issueNonce(keys, scope, now)
  assert.equal(checkNonce(createKeyring([newer, older]), nonce, scope, now, lifetime).state, 'valid')
  assert.equal(checkNonce(createKeyring([newer]), nonce, scope, now, lifetime).state, 'foreign')
})

test('THR-112 THR-114 whatever of a nonce is changed, cut or added, it is not ours', () => {
  const nonce = issueNonce(keys, scope, now)
  assert.match(nonce, /^[\w-]{73}$/)
  for (let index = 0; index < nonce.length; index++) {
    const other = nonce[index] === 'A' ? 'B' : 'A'
    assert.equal(stateOf(nonce.slice(0, index) + other + nonce.slice(index + 1)), 'foreign', `character ${index}`)
    assert.equal(stateOf(nonce.slice(0, index)), 'foreign', `cut at ${index}`)
  }
  for (const odd of [`${nonce}A`, ` ${nonce}`, nonce.toUpperCase(), nonce + nonce]) assert.equal(stateOf(odd), 'foreign')
})

test('THR-112 a nonce of somebody’s own making is not ours, whatever it is', () => {
  const odd = fc.oneof(fc.string(), fc.string({ unit: 'grapheme' }), fc.stringMatching(/^[\w-]{73}$/), fc.base64String())
  fc.assert(
    fc.property(odd, (nonce) => assert.equal(stateOf(nonce), 'foreign')),
    { seed, numRuns: 1000 },
  )
})

test('no two nonces are equal, also of one moment', () => {
  const nonces = Array.from({ length: 1000 }, () => issueNonce(keys, scope, now))
  assert.equal(new Set(nonces).size, 1000)
})

test('a nonce carries the whole of its chance: every byte that is asked for', () => {
  let asked = 0
  const random = (size: number): Uint8Array => new Uint8Array(size).fill(++asked)
  assert.notEqual(issueNonce(keys, scope, now, random), issueNonce(keys, scope, now, random))
  assert.equal(asked, 2)
  const fixed = (size: number): Uint8Array => new Uint8Array(size).fill(7)
  assert.equal(issueNonce(keys, scope, now, fixed), issueNonce(keys, scope, now, fixed))
})
