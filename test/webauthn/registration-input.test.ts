/** A registration in any form: what is no credential is told from one that is spelled wrongly, and nothing that is sent throws. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import type { CoseAlgorithm } from '../../src/protocols/webauthn/algorithm.ts'
import { bytes, judge, reply, verdict, withResponse } from './registration-replies.ts'

const seed = Number(process.env.PORTCULLIS_SEED ?? 1)

describe('the JSON form', () => {
  test('AL-FST-P3: what is no credential is told from one that is spelled wrongly, of another type, or of two ids', () => {
    const honest = reply()
    for (const value of [null, 1, 'text', [], {}, { ...honest, response: [] }, { ...honest, id: 1 }, { ...honest, rawId: undefined }]) {
      assert.match(verdict(value), /^credential_malformed$/)
    }
    assert.equal(verdict({ ...honest, clientExtensionResults: [] }), 'credential_malformed')
    assert.equal(verdict(withResponse({ clientDataJSON: undefined })), 'credential_malformed')
    assert.equal(verdict(withResponse({ transports: 'usb' })), 'credential_malformed')
    assert.equal(verdict({ ...honest, type: 'password' }), 'credential_type_mismatch')
    assert.equal(verdict({ ...honest, rawId: 'AAAA' }), 'id_mismatch')
  })

  test('THR-106: the id is that of the credential that was made', () => {
    assert.equal(verdict({ ...reply(), id: 'AAAA', rawId: 'AAAA' }), 'credential_id_mismatch')
  })

  test('bytes have one spelling: no padding, no other alphabet, no spaces, no stray bits', () => {
    const { clientDataJSON } = reply().response
    for (const text of [`${clientDataJSON}=`, ` ${clientDataJSON}`, `${clientDataJSON}\n`, 'AB', 'a+b/', 'ä']) {
      assert.equal(verdict(withResponse({ clientDataJSON: text })), 'encoding_invalid', text)
    }
  })

  test('AL-FP-22: transports that nobody knows are passed over, and each known one is kept once', () => {
    const result = judge(withResponse({ transports: ['warp', 'usb', 7, 'usb', 'nfc', null] }))
    assert.ok(result.ok)
    assert.deepEqual(result.credential.transports, ['usb', 'nfc'])
    const older = judge(withResponse({ transports: undefined }))
    assert.ok(older.ok)
    assert.deepEqual(older.credential.transports, [])
  })
})

describe('any input', () => {
  const parts = ['clientDataJSON', 'attestationObject'] as const

  test('a flipped bit of any part of a self-attested registration is refused', () => {
    for (const alg of [-7, -8, -257] satisfies readonly CoseAlgorithm[]) {
      const honest = reply({}, { algorithm: alg, attestation: 'packed' })
      assert.equal(verdict(honest), 'ok')
      const flip = fc.record({ part: fc.constantFrom(...parts), at: fc.nat(), bit: fc.nat(7) })
      const check = fc.property(flip, ({ part, at, bit }) => {
        const changed = Buffer.from(honest.response[part], 'base64url')
        const index = at % changed.length
        changed.writeUInt8(changed.readUInt8(index) ^ (1 << bit), index)
        const response = { ...honest.response, [part]: changed.toString('base64url') }
        assert.notEqual(verdict({ ...honest, response }), 'ok')
      })
      fc.assert(check, { seed, numRuns: 700 })
    }
  })

  test('no value throws: neither any JSON nor an honest reply with any value in a place of it', () => {
    const honest = reply()
    const text = fc.oneof(
      fc.string(),
      fc.uint8Array().map((value) => Buffer.from(value).toString('base64url')),
    )
    const anything = fc.oneof(text, fc.jsonValue())
    const hostile = fc.oneof(
      fc.jsonValue(),
      fc
        .record({ name: fc.constantFrom(...Object.keys(honest)), value: anything })
        .map(({ name, value }) => ({ ...honest, [name]: value })),
      fc
        .record({ name: fc.constantFrom(...Object.keys(honest.response)), value: anything })
        .map(({ name, value }) => ({ ...honest, response: { ...honest.response, [name]: value } })),
    )
    fc.assert(
      fc.property(hostile, (credential) => {
        assert.equal(typeof judge(credential).ok, 'boolean')
      }),
      { seed, numRuns: 2000 },
    )
  })

  test('no bytes of client data or of an attestation object throw', () => {
    const response = fc.record({ clientDataJSON: fc.uint8Array({ maxLength: 200 }), attestationObject: fc.uint8Array({ maxLength: 300 }) })
    fc.assert(
      fc.property(response, fc.boolean(), ({ clientDataJSON, attestationObject }, isOurs) => {
        const own = isOurs ? {} : { clientDataJSON: Buffer.from(clientDataJSON).toString('base64url') }
        judge(withResponse({ ...own, attestationObject: Buffer.from(attestationObject).toString('base64url') }))
      }),
      { seed, numRuns: 2000 },
    )
  })

  test('depth and size cost no more than they are long', () => {
    const size = 1 << 20
    const nested = Buffer.alloc(size, 0x81)
    const wide = Buffer.concat([bytes(0x9a, 0, 0x0f, 0xff, 0xfb), Buffer.alloc(size - 5)])
    const counted = Buffer.concat([bytes(0xbb, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff), Buffer.alloc(64)])
    const bombs = [
      withResponse({ attestationObject: nested.toString('base64url') }),
      withResponse({ attestationObject: wide.toString('base64url') }),
      withResponse({ attestationObject: counted.toString('base64url') }),
      withResponse({ clientDataJSON: Buffer.alloc(size, '[').toString('base64url') }),
      withResponse({ clientDataJSON: Buffer.from(`{"a":${'['.repeat(size / 2)}${']'.repeat(size / 2)}}`).toString('base64url') }),
    ]
    for (const [index, bomb] of bombs.entries()) {
      const before = process.cpuUsage() // of this process alone: others may have the machine meanwhile
      assert.notEqual(verdict(bomb), 'ok')
      const { user, system } = process.cpuUsage(before)
      assert.ok(user + system < 1e6, `bomb ${index} took ${user + system} µs`) // at a square of its length it would be minutes
    }
  })
})
