/** Credentials answer what was offered, or name what was not. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { DigestCredentials } from './credentials.ts'
import { type DigestOffer, findUnoffered } from './offer.ts'

const offer: DigestOffer = { realm: 'api', algorithms: ['SHA-256', 'SHA-512-256'], qop: ['auth-int'], opaque: 'o', userhash: false }

const credentials: DigestCredentials = {
  username: 'user',
  userhash: false,
  realm: 'api',
  nonce: 'n',
  uri: '/',
  response: '',
  algorithm: 'SHA-256',
  opaque: 'o',
  qop: 'auth-int',
  nc: '00000001',
  cnonce: 'c',
}

test('what was offered is accepted', () => {
  assert.equal(findUnoffered(credentials, offer), null)
  assert.equal(findUnoffered({ ...credentials, algorithm: 'SHA-512-256' }, offer), null)
  assert.equal(findUnoffered({ ...credentials, userhash: true }, { ...offer, userhash: true }), null)
  assert.equal(findUnoffered({ ...credentials, opaque: 'x' }, { ...offer, opaque: null }), null)
})

test('another realm, algorithm, session, qop or opaque, or a hashed name, is told by its name: nothing is weakened by asking for less', () => {
  assert.equal(findUnoffered({ ...credentials, realm: 'API' }, offer), 'realm')
  assert.equal(findUnoffered({ ...credentials, algorithm: 'MD5' }, offer), 'algorithm')
  assert.equal(findUnoffered({ ...credentials, algorithm: 'SHA-256-sess' }, offer), 'algorithm')
  assert.equal(findUnoffered({ ...credentials, qop: 'auth' }, offer), 'qop')
  assert.equal(findUnoffered({ ...credentials, opaque: null }, offer), 'opaque')
  assert.equal(findUnoffered({ ...credentials, opaque: 'O' }, offer), 'opaque')
  assert.equal(findUnoffered({ ...credentials, userhash: true }, offer), 'userhash')
})
