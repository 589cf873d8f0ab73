/** What an application's tests, and those of whoever writes a store, need: `portcullis/testing`. */
export {
  type AuthenticationJson,
  type Authenticator,
  type AuthenticatorCredential,
  type AuthenticatorOptions,
  createAuthenticator,
  type RegistrationJson,
} from './authenticator.ts'
export type { Alterations } from './authenticator-reply.ts'
export { type Answers, createBrowser, type TestBrowser, type TestReply, type TestRequest } from './browser.ts'
export { createClock, type MovableClock } from './clock.ts'
export { type LoggedIn, loggedIn } from './logged-in.ts'
export { createMailbox, type Mailbox } from './mailbox.ts'
export { type Coverage, type StoreCase, storeContract } from './store-contract.ts'
