/** What the flows of features work with: the ground that needs no browser, and the context of a route. */
import type { Html } from '../html/html.ts'
import type { TemplateView } from '../html/templates.ts'
import type { Field, FieldValues } from '../http/fields.ts'
import type { RequestHead } from '../http/request-head.ts'
import type { Change, Written } from '../model/change.ts'
import type { Json, Members } from '../model/json.ts'
import type { Locale } from '../model/locale.ts'
import type { Session, TokenHash } from '../model/session.ts'
import type { Reads } from '../model/store.ts'
import type { User, UserRecord } from '../model/user.ts'
import type { Identifier } from './identifier.ts'
import type {
  Challenged,
  Choice,
  Done,
  Draft,
  Guess,
  Identified,
  LinkWish,
  MailedLinkWish,
  NewAccount,
  PasswordContext,
  Proven,
  Source,
  Step,
  Subject,
  TakenLink,
} from './step.ts'

/** What needs no browser: schemes and `verify` see only this. */
export interface Ground {
  readonly head: RequestHead
  /** When the request began, milliseconds since 1970, UTC. */
  readonly now: number
  readonly source: Source
  readonly reads: Reads
  /**
   * Judges a guess under the throttle.
   * @throws AuthError `too_many_attempts` whatever the guess was worth (one that hashes is not even judged), `invalid_credentials` when
   *   `verify` gives `null`
   */
  guess<T>(guess: Guess, verify: () => Promise<T | null>): Promise<T>
  /** Finds whom a text names: by address or by any feature's identifier. */
  identify(typed: string): Promise<Identified>
  /** The ways to find users besides their address, in the order of the features. */
  readonly identifiers: readonly Identifier[]
  /** What the throttle counts this user by, the same as when the address is typed. */
  keyOf(record: UserRecord): string
  /** Verifies against the user's hash, or does the same work for nobody. Replaces a weaker hash after a right password. */
  verifyPassword(identified: Identified, password: string): Promise<boolean>
  /** Whether a password is the one of a hash that is of no account yet; `key` is the address that it is for. */
  matchesPassword(key: string, passwordHash: string, password: string): Promise<boolean>
  /** Hashes a new password. @throws AuthError `invalid_fields` under `field` when the policy refuses it */
  hashPassword(password: string, about: PasswordContext, field: string): Promise<string>
  /** A new random token of 256 bits and what to store of it. */
  token(label: string): { readonly token: string; readonly hash: TokenHash }
  hash(label: string, token: string): TokenHash
  keyed(label: string, text: string): string
  verifyKeyed(label: string, text: string, value: string): boolean
  /** A new random name of 128 bits. */
  id(): string
  random(size: number): Uint8Array
  seal(label: string, context: string, value: Json): string
  unseal(label: string, context: string, sealed: string): Json
  /** Does a step in one write, and tells listeners. @throws AuthError by what was refused */
  commit(step: Step): Promise<Done>
  /** The same, but answers what was refused. */
  tryCommit(step: Step): Promise<Written>
}

/** What a route's handler works with: one browser's request. */
export interface Context extends Ground {
  /** The live session, unless a held ticket masks it. */
  readonly session: Session | null
  readonly user: User | null
  /** The language of the reply. */
  readonly locale: Locale
  /** The tags of the languages on offer. */
  readonly languages: readonly string[]
  /** Lets this browser be answered in a language from now on, for a year; what its user chose still comes first. */
  speak(language: string): void
  /** Reads fields of the body. @throws AuthError `invalid_fields` */
  fields<const S extends Readonly<Record<string, Field>>>(spec: S): Promise<FieldValues<S>>
  /** Whatever else the body holds: everything but these fields and the toolkit's own. */
  otherFields(known: readonly string[]): Promise<Members>
  /** Reads one text of the query; `''` when absent. @throws AuthError */
  query(name: string): string
  /** The last segment of a route with a parameter, decoded. */
  param(): string
  /** Whether the answer is to be a page. */
  readonly wantsPage: boolean
  /** The checked redirect target that came along. */
  readonly next: string | null
  /** Whom the route is about. @throws AuthError `unauthenticated` */
  subject(): Promise<Subject>
  /** The flags of login-like routes that were set. */
  wishes(): Promise<readonly string[]>
  /** Where to go when no `next` was given. */
  readonly targets: { readonly login: string; readonly logout: string; readonly register: string; readonly change: string }
  /** What the password policy asks for at least, in characters. */
  readonly passwordMinimum: { readonly alone: number; readonly withSecondFactor: number }
  requiresSecondFactor(user: User): boolean
  /** Whether the user has a second factor, by any method but this one. */
  holdsSecondFactor(record: UserRecord, exceptMethod?: string): Promise<boolean>
  /** Lets a fresh session pass. @throws AuthError `reauthentication_required` */
  requireFresh(): Promise<void>
  /** The value of the hidden field `csrf` in this browser. */
  formToken(): string
  /** Whether the installation has a route of this name, to link to it. */
  hasRoute(route: string): boolean
  /** The path of the page to log in at, which leads on to `next`; where no feature has one, the target after a logout. */
  entrance(next?: string | null): string
  /** The door: ends every way of logging in. It leads to `next` when the request itself says nothing. */
  login(record: UserRecord, proven: Proven, step?: Step, next?: string | null): Promise<Response>
  /**
   * Adds a proof to what this browser holds: answers a debt, or re-authenticates a session, which goes on to `next`, to `to`, or to where
   * logins lead.
   */
  prove(proven: Proven, step?: Step, to?: string): Promise<Response>
  /** Judges what was typed by the kind of proof, under the throttle, then `prove`s it. */
  proveBy(method: string, value: string, step?: Step): Promise<Response>
  /** Which kinds of proof the subject could give now, in a role. */
  methods(record: UserRecord, as: 'second' | 'again'): Promise<readonly Choice[]>
  /** Gives this browser a new session in the place of its old one, under the stamp given. */
  reopen(stamp: string): Promise<void>
  logout(): Promise<void>
  sessionsOf(record: UserRecord): Promise<readonly Session[]>
  /** Ends one session of the user by id, or all but this browser's, or all; how many. */
  endSessions(userId: string, which: { readonly id: string } | 'others' | 'all'): Promise<number>
  /** Since when this browser is one that has completed a login of the user, milliseconds since 1970, UTC; `null` when it is none. */
  knownSince(user: User): number | null
  /** The link by which a user chooses a new secret, for a mail; `null` where no feature brings one. */
  readonly recovery: Omit<MailedLinkWish, 'stamp'> | null
  /** An id for an account that is about to be made, for its draft. */
  newUserId(): Promise<string>
  /** Ends a registration: makes the account and logs in, or what `beforeAccount` does instead. */
  register(draft: Draft, proven: Proven): Promise<Response>
  /** Makes an account whose address was shown to be its user's: what to commit, or to hand to `login`. */
  newAccount(draft: Draft, method: string): Promise<NewAccount>
  /** Seals a challenge to this browser and ceremony, for `seconds`; gives the id to find it by. */
  challenge(ceremony: string, data: Json, options: { readonly seconds: number; readonly record?: UserRecord }): Promise<string>
  /** The challenge of this browser. @throws AuthError `challenge_expired` */
  challenged(ceremony: string, id: string): Promise<Challenged>
  /** Makes a link: the token for the mail, and the change that stores it. */
  newLink(wish: LinkWish): { readonly token: string; readonly change: Change }
  /** Looks at a link without redeeming it. @throws AuthError `link_invalid` */
  link(purpose: string, token: string): Promise<TakenLink>
  /** The link of an account that a mailed code stands for, or `null`: a guess, so it belongs into `guess`. */
  linkByCode(purpose: string, identified: Identified, code: string): Promise<TakenLink | null>
  /**
   * What goes along when somebody shows that an account's mailbox is theirs. `first`: the account was made by whoever typed the address,
   * and nobody has shown this before.
   */
  addressProof(record: UserRecord): Promise<{ readonly first: boolean; readonly changes: readonly Change[] }>
  /**
   * What goes along when an account gives up its address: for so many seconds nobody makes an account of it without showing that the
   * mailbox is theirs.
   */
  holdAddress(user: User, seconds: number): Promise<Change>
  /** Counts one more mail that somebody asks for by an address. @throws AuthError `too_many_attempts` */
  mailLimits(identified: Identified): Promise<void>
  /** Forgets failed tries of the user, so that waits end. */
  unlock(user: User): Promise<void>
  /** Counts one more against a named limit of this network. @throws AuthError `too_many_attempts` */
  limit(name: 'registrations'): Promise<void>
  /** Adds a cookie to the reply; HttpOnly, Secure, SameSite=Lax, whole site. Without `seconds` it ends with the browser. */
  setCookie(name: string, value: string, seconds?: number): void
  clearCookie(name: string): void
  cookie(name: string): string | null
  /** `200 {"ok":true, …}`. */
  json(members: Members): Response
  /** What a route's page shows: a view by the application's file for the route, if it has one, else by the function. */
  show<V extends TemplateView>(view: V, page: (view: V) => Html): Html
  /** A page in the application's layout. */
  page(title: string, body: Html): Promise<Response>
  /** A redirect to a path of this site. */
  goTo(target: string): Response
  /** After a form: 303 to `next`, else to the target; to a JSON client `{"ok":true, next?, …}`. */
  done(options: { readonly members?: Members; readonly to: string }): Promise<Response>
  /** A route's path with its base, by name. */
  urlFor(route: string, params?: Readonly<Record<string, string>>): string
}
