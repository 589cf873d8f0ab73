/** The contract of a feature: what a factory such as `password()` returns. */
import type { Html } from '../html/html.ts'
import type { MailTemplate } from '../html/mail.ts'
import type { RequestHead } from '../http/request-head.ts'
import type { Written } from '../model/change.ts'
import type { AuthEvent, EventName } from '../model/event.ts'
import type { Maybe } from '../model/json.ts'
import type { Locale, Phrase } from '../model/locale.ts'
import type { Reads } from '../model/store.ts'
import type { UserRecord } from '../model/user.ts'
import type { Report } from './emit.ts'
import type { Context, Ground } from './flow.ts'
import type { Identifier } from './identifier.ts'
import type { Choice, Draft, MailedLinkWish, Proven, Source, Step, Work } from './step.ts'

/** A value over the kernel: every key but the name is optional. Features know the kernel and never each other. */
export interface Feature {
  /** Unique, kebab-case; also the drawer `records` is scoped by it. */
  readonly name: string
  readonly routes?: readonly Route[]
  /** How a request is recognised without a session: several, each named in a rule's `with`. */
  readonly schemes?: readonly Scheme[]
  /** The kinds of proof that it offers. */
  readonly proofs?: readonly ProofKind[]
  /** How long sessions live; given by at most one feature. */
  readonly sessionLimits?: SessionLimits
  /** Finds a user by something other than the address. */
  readonly identifier?: Identifier
  /** Stands between a checked registration and its account; given by at most one feature. */
  readonly beforeAccount?: (ctx: Context, draft: Draft) => Promise<Response>
  /** Where a guard sends a browser that carries something to open a session with. */
  readonly resume?: { readonly route: string; carried(head: RequestHead): boolean }
  /** Whether something in this browser stands in for an owed second factor; never for setting one up. */
  readonly excuse?: (ctx: Context, record: UserRecord) => Promise<boolean>
  /** Throws to keep a user out: asked at every login and at every request of a scheme. */
  readonly admit?: (record: UserRecord, about: { readonly method: string; readonly source: Source }) => Maybe<void>
  /** Adds changes, cookies and reply members to a browser's flow, in its one write. */
  readonly join?: Join
  /** Adds changes and mails to every write that states this event. Pure. */
  readonly record?: (event: AuthEvent, tools: RecordTools) => Work
  /** Work that is due by itself, done whenever expired rows are removed; how much was done. */
  readonly upkeep?: (tools: UpkeepTools) => Promise<number>
  /** The mails that it sends, by name. */
  readonly mails?: Readonly<Record<string, MailTemplate>>
  /** The names of the files that may take the place of its mails, by the mail's name: `reset_instructions`. */
  readonly mailFiles?: Readonly<Record<string, string>>
  /** The mail that invites a user whom an operator made, to choose a first secret; given by at most one feature. */
  readonly invitation?: { readonly mail: string; readonly link: Omit<MailedLinkWish, 'stamp'> }
  /** The link by which a user chooses a new secret, to go into other features' mails; given by at most one feature. */
  readonly recovery?: Omit<MailedLinkWish, 'stamp'>
  /** Complaints that stop the start-up, each a sentence that says what to change. */
  readonly check?: (options: CheckedOptions) => readonly string[]
}

/** What `record` works with. */
export interface RecordTools {
  /** A keyed hash of a text: the same for the same text, and nobody without the secret can tell of what. */
  keyed(label: string, text: string): string
  /** A new name; of one write, the later one compares greater. */
  id(): string
}

/** What `upkeep` works with. */
export interface UpkeepTools {
  readonly now: number
  readonly reads: Reads
  /** Does a step in one write, as nobody's request, and tells listeners; or answers what was refused. */
  commit(step: Step): Promise<Written>
  /** Ends every session of a user. */
  endSessions(userId: string): Promise<void>
  /** Tells of a failure that no client sees. */
  readonly report: Report
}

/** What a feature's `check` may look at. */
export interface CheckedOptions {
  readonly features: readonly string[]
  readonly origins: readonly string[]
  readonly production: boolean
}

/** In milliseconds. */
export interface SessionLimits {
  /** Ends when unused for this long. */
  readonly idle: number
  /** Ends this long after it was opened, however much it is used. */
  readonly absolute: number
}

/** What a feature adds to other features' flows in a browser. */
export interface Join {
  readonly at: readonly EventName[]
  /** A flag field that every login-like route then reads. */
  readonly wish?: Wish
  run(ctx: Context, event: AuthEvent): Promise<Step>
}

/** What a user may wish for when logging in. */
export interface Wish {
  /** The flag field. */
  readonly name: string
  /** What stands beside it on a page. */
  readonly label: Phrase
  /** Shown only where a second factor is owed. */
  readonly whenOwed?: true
}

/** Who may call a route. One of several is enough. */
export type Access = 'anyone' | 'anonymous' | 'owed' | 'setup' | 'session' | 'fresh'

/** The methods that routes have; HEAD is answered as GET. */
export type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE'

/** One path of the toolkit. */
export interface Route {
  /** Stable, dotted: `login`, `password.change`. */
  readonly name: string
  /** Below the base path; the last segment may be a parameter: `/digest/:realm`. */
  readonly path: string
  readonly access: Access | readonly Access[]
  /** Outside the base path, for `/.well-known/…`. */
  readonly root?: true
  /** Answers `status`, and reads the wishes that features join logins for. */
  readonly login?: true
  /** Whoever is not logged in is led here, to the first such route of the features. */
  readonly entrance?: true
  /** The name of the route to ask for another link, where a page is opened by one that may be spent. */
  readonly askAnew?: string
  /** Where pages link to it, and as what. */
  readonly menu?: { readonly at: 'login' | 'account' | 'both'; readonly label: Phrase }
  /** The page's title; needed with `page`. */
  readonly title?: Phrase
  /** The name of the file that may take the place of what the page `show`s: `login_user`. */
  readonly template?: string
  /** The page for a GET that wants HTML, and again after a refused POST of a form. */
  readonly page?: (ctx: Context, form: Form) => Maybe<Html | Response>
  /** What each method does; a method not named is 405. */
  readonly on: Readonly<Partial<Record<Method, (ctx: Context) => Promise<Response>>>>
}

/** What every form page is given. */
export interface Form {
  /** Where the form posts to. */
  readonly action: string
  /** The hidden field `csrf`. */
  readonly csrf: string
  /** The hidden field `next`; already checked. */
  readonly next: string | null
  /** What was typed before an error; never a secret. */
  readonly values: Readonly<Record<string, string>>
  /** Messages by field name; the member `''` is about the whole form. */
  readonly errors: Readonly<Record<string, readonly string[]>>
  /** Why the form as a whole was refused. */
  readonly message: string | null
  /** The other pages of the same kind, in the order of the features. */
  readonly links: readonly MenuLink[]
  /** What may be wished for along with a login: flag fields, and what stands beside them. */
  readonly wishes: readonly { readonly name: string; readonly label: string }[]
  /** The language of the page. */
  readonly locale: Locale
}

/** A page to link to. */
export interface MenuLink {
  readonly name: string
  readonly href: string
  readonly label: string
}

/** One kind of proof: what it counts for, and where it is made. */
export interface ProofKind extends Choice {
  /** Two proofs of one channel never make two factors. */
  readonly channel: string
  /** `backup` answers a debt and never makes one. */
  readonly as: readonly ('first' | 'second' | 'backup' | 'again')[]
  readonly neverFresh?: true
  /** Its proofs may be ones that no look-alike site could have asked for. */
  readonly phishingResistant?: true
  /** Whether the user could prove it in this role. */
  has(reads: Reads, record: UserRecord, as: 'first' | 'second' | 'backup' | 'again', now: number): Maybe<boolean>
  /** When the user proved it last, milliseconds since 1970, UTC: of several kinds to choose from the latest comes first. */
  usedAt?(reads: Reads, record: UserRecord): Maybe<number | null>
  /** The route where one is set up. */
  readonly setup?: string
  /** Judged without hashing, so that it needs no place in the queue of hashing. */
  readonly cheap?: true
  /** Judges what was typed; the kernel throttles. `null` when it is wrong. */
  verify?(ground: Ground, record: UserRecord, value: string): Promise<(Step & { readonly proven: Proven }) | null>
}

/** Why a scheme did not recognise a request. */
export type Unrecognised = 'absent' | 'refused' | 'stale'

/** Whom a scheme recognised. The kernel reads the user. */
export interface Recognised {
  readonly userId: string
  /** `null`: delegated by a complete login, owes nothing. */
  readonly proven: Proven | null
  readonly scopes?: readonly string[]
}

/** A way to recognise single requests. Opens no session. */
export interface Scheme {
  readonly name: string
  /** Sent by browsers on their own, so that the CSRF check applies. */
  readonly ambient: boolean
  /** Lets in an account that owes a second factor. */
  readonly allowOwed?: boolean
  recognise(ground: Ground): Promise<Recognised | Unrecognised>
  /** Values of `WWW-Authenticate`. */
  challenges(ground: Ground, why: Unrecognised): Maybe<readonly string[]>
}
