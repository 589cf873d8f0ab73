/** `portcullis/digest`: HTTP Digest as functions without clock, store or network, for servers and clients of any kind. */
export { createKeyring, type Keyring } from '../../crypto/keyring.ts'
export type { Random } from '../../crypto/random.ts'
export type { DigestAlgorithm } from './algorithm.ts'
export { type AuthenticationInfo, readAuthenticationInfo, writeAuthenticationInfo } from './authentication-info.ts'
export { type DigestChallenge, readChallenges, writeChallenge } from './challenge.ts'
export {
  type DigestCredentials,
  type DigestProtection,
  type DigestQop,
  type ReadCredentials,
  type ReadCredentialsOptions,
  readCredentials,
  readNonceCount,
  writeCredentials,
} from './credentials.ts'
export { checkNonce, issueNonce, type NonceKeys, type NonceScope, type NonceState } from './nonce.ts'
export { type DigestOffer, findUnoffered } from './offer.ts'
export {
  computeResponse,
  computeRspauth,
  type DigestAccount,
  type DigestProofInput,
  type DigestSigned,
  digestSecret,
  hashUsername,
  verifyResponse,
} from './response.ts'
export { isSameTarget, type TargetOptions } from './target.ts'
