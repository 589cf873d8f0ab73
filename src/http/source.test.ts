/** Where a request comes from: the connection, unless a proxy that is trusted says better. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { RequestHead } from './request-head.ts'
import { createClientAddress, networkOf, type TrustProxy } from './source.ts'

const seed = Number(process.env.PORTCULLIS_SEED ?? 1)

function addressOf(trust: TrustProxy | undefined, remoteAddress: string | null, forwarded: string | null = null): string | null {
  const head: RequestHead = {
    method: 'GET',
    target: '/',
    remoteAddress,
    header: (name) => (name === 'x-forwarded-for' ? forwarded : null),
    body: async () => new Uint8Array(),
  }
  return createClientAddress(trust)(head)
}

test('without trustProxy nobody is believed, and addresses are written plainly', () => {
  assert.equal(addressOf(undefined, '198.51.100.1', '203.0.113.7'), '198.51.100.1')
  assert.equal(addressOf(undefined, '::ffff:198.51.100.1'), '198.51.100.1')
  assert.equal(addressOf(undefined, '[2001:db8::1]:443'), '2001:db8::1')
  assert.equal(addressOf(undefined, '198.51.100.1:443'), '198.51.100.1')
  assert.equal(addressOf(undefined, 'fe80::1%eth0'), 'fe80::1')
  for (const none of [null, '', 'unix:', 'localhost', '1.2.3', '999.1.1.1']) assert.equal(addressOf(undefined, none), null, String(none))
})

test('with hops, as many are believed as proxies stand in front, and what a client adds in front counts for nothing', () => {
  const forged = '1.1.1.1, 203.0.113.7, 10.0.0.2'
  assert.equal(addressOf(1, '10.0.0.1', '203.0.113.7'), '203.0.113.7')
  assert.equal(addressOf(1, '10.0.0.1', forged), '10.0.0.2')
  assert.equal(addressOf(2, '10.0.0.1', forged), '203.0.113.7')
  assert.equal(addressOf(32, '10.0.0.1', forged), '1.1.1.1')
  assert.equal(addressOf(1, '10.0.0.1', null), '10.0.0.1')
  assert.equal(addressOf(2, '10.0.0.1', 'unknown, 10.0.0.2'), '10.0.0.2')
  assert.equal(addressOf(1, '10.0.0.1', '[2001:db8::7]:1234'), '2001:db8::7')
})

test('with addresses, the walk ends at the first that is no proxy of ours', () => {
  const trust = ['10.0.0.0/8', '2001:db8:ffff::/48', '192.0.2.9']
  assert.equal(addressOf(trust, '10.0.0.1', '1.1.1.1, 203.0.113.7, 10.9.9.9'), '203.0.113.7')
  assert.equal(addressOf(trust, '2001:db8:ffff::1', '203.0.113.7'), '203.0.113.7')
  assert.equal(addressOf(trust, '192.0.2.9', '203.0.113.7'), '203.0.113.7')
  assert.equal(addressOf(trust, '192.0.2.10', '203.0.113.7'), '192.0.2.10')
  assert.equal(addressOf(trust, '::ffff:10.0.0.1', '203.0.113.7'), '203.0.113.7')
  assert.equal(addressOf(trust, '10.0.0.1', '10.0.0.2, 10.0.0.3'), '10.0.0.2')
  assert.equal(addressOf(trust, null, '203.0.113.7'), null)
})

test('a setting that cannot be meant stops the start-up with a sentence', () => {
  for (const hops of [0, -1, 1.5, 33, Number.NaN, Number.POSITIVE_INFINITY])
    assert.throws(() => createClientAddress(hops), /a whole number from 1 to 32/)
  for (const range of ['', 'localhost', '10.0.0.0/33', '10.0.0.0/', '10.0.0.0/8/8', '10.0.0.0/-1', '2001:db8::/129', '10.0.0.0/8 '])
    assert.throws(() => createClientAddress([range]), /neither an address nor a CIDR range/, range)
})

test('counting goes by the whole IPv4 address, and by the /64 of an IPv6 one in one spelling', () => {
  assert.equal(networkOf('203.0.113.7'), '203.0.113.7')
  for (const same of ['2001:db8:1:2::1', '2001:DB8:1:2:ffff:ffff:ffff:ffff', '2001:0db8:0001:0002:0:0:0:1'])
    assert.equal(networkOf(same), '2001:db8:1:2::/64')
  assert.equal(networkOf('2001:db8::1'), '2001:db8:0:0::/64')
  assert.equal(networkOf('::1'), '0:0:0:0::/64')
  assert.equal(networkOf(null), 'unknown')
})

test('two IPv6 addresses are one network exactly when their first 64 bits are equal', () => {
  const addresses = fc.ipV6().filter((address) => !address.includes('.'))
  fc.assert(
    fc.property(addresses, (address) => {
      const half = firstHalf(address)
      assert.equal(networkOf(address), `${half.map((group) => group.toString(16)).join(':')}::/64`)
    }),
    { seed, numRuns: 500 },
  )
})

/** The first four groups of an address, by the URL parser's account of it. */
function firstHalf(address: string): readonly number[] {
  const text = new URL(`http://[${address}]/`).hostname.slice(1, -1)
  const [left = '', right] = text.split('::')
  const groups = (part: string): readonly string[] => (part === '' ? [] : part.split(':'))
  const tail = groups(right ?? '')
  const missing = Array<string>(8 - groups(left).length - tail.length).fill('0')
  return [...groups(left), ...missing, ...tail].slice(0, 4).map((group) => Number.parseInt(group, 16))
}

test('an IPv4 address in IPv6 dress, dotted or hexadecimal, is the same address', () => {
  assert.equal(addressOf(undefined, '::ffff:c000:0221'), '192.0.2.33')
  assert.equal(addressOf(undefined, '::FFFF:192.0.2.33'), '192.0.2.33')
  assert.equal(addressOf(undefined, '::1'), '::1')
})
