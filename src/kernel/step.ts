/** The values that features hand to the kernel and get back from it. */
import type { Change } from '../model/change.ts'
import type { AuthEvent, Happening } from '../model/event.ts'
import type { Json, Members } from '../model/json.ts'
import type { Link } from '../model/link.ts'
import type { Phrase } from '../model/locale.ts'
import type { Proof } from '../model/session.ts'
import type { User, UserRecord } from '../model/user.ts'

/** A kind of proof as one to choose from. */
export interface Choice {
  readonly method: string
  /** The route where it is proven when owed. */
  readonly route?: string
  /** What it is called in a list to choose from. */
  readonly label?: Phrase
  /** The field of `POST verify` that it reads; unique. */
  readonly field?: string
}

/** What a feature says it has proven. */
export interface Proven {
  readonly method: string
  readonly factors?: 2
  readonly phishingResistant?: true
}

/** A mail that a flow wishes for: the kernel makes its link, and queues it in the write of the flow. */
export interface Mail {
  readonly kind: 'mail'
  /** Which one: a name that a feature brings in `mails`. */
  readonly mail: string
  /** Whose account it is about. */
  readonly user: User | null
  /** An address; the user's own is written as it is stored. */
  readonly to: string
  /** False for a decoy: the same rows, that nobody sends and nobody finds. */
  readonly send: boolean
  /** What the mail tells besides. */
  readonly data?: Members
  readonly link?: MailedLinkWish
}

/** The link of a mail: to the page of a route, good for `seconds`; the `keep` newest of its purpose and owner stay, or all. */
export interface MailedLinkWish {
  readonly purpose: string
  readonly route: string
  readonly seconds: number
  readonly keep?: number
  /** Gives the mail a code too, to be typed in the place of the link; both are spent at once. */
  readonly code?: true
  /** The user's stamp, with which the link dies, unless it outlives it. A write that sets a new stamp gives the new one by itself. */
  readonly stamp?: string
  readonly outlivesStamp?: true
  readonly data?: Json
}

/** What is done in one write. */
export type Work = readonly (Change | Mail)[]

/** All that a flow hands to the kernel to be done in one write. */
export interface Step {
  readonly changes?: Work
  readonly events?: readonly Happening[]
  /** Members of the JSON reply. */
  readonly reply?: Members
  /** The path of a page that a browser is led to first; it leads on. */
  readonly detour?: string
}

/** What was done: the events it made, and the reply members that joined features added. */
export interface Done {
  readonly events: readonly AuthEvent[]
  readonly reply: Members
  readonly detour: string | null
}

/** An account that is about to be made: plain values. */
export interface Draft {
  readonly userId: string
  readonly email: string
  readonly username: string | null
  readonly usernameKey: string | null
  readonly passwordHash: string | null
  readonly extra: Members
  readonly changes: readonly Change[]
}

/** Where a request came from. */
export interface Source {
  readonly ip: string | null
  /** The address prefix that throttling counts by: /32 or /64. */
  readonly network: string
  readonly userAgent: string | null
}

/** What somebody typed to say who they are. */
export interface Identified {
  /** Canonical, whether or not there is such an account; what the throttle counts by. */
  readonly key: string
  readonly record: UserRecord | null
}

/** A guess at a secret, for the throttle. */
export interface Guess {
  readonly key: string
  readonly record: UserRecord | null
  readonly method: string
  /** A comparison without hashing, which needs no place in the queue of hashing. Of a scheme it is made first, and only a wrong one is counted. */
  readonly cheap?: true
}

/** What the password policy looks at besides the password. */
export interface PasswordContext {
  readonly email: string
  readonly username: string | null
  /** Whether a second factor is required of this user, so that a shorter password will do. */
  readonly secondFactor: boolean
}

/** Who acts in this browser, and by what right. */
export interface Subject {
  readonly record: UserRecord
  readonly proofs: readonly Proof[]
  readonly by: 'owed' | 'setup' | 'session'
}

/** An account that is about to be made, as if it were there, and what makes it. */
export interface NewAccount {
  readonly record: UserRecord
  readonly step: Step
}

/** A link that was looked at; `take` in the same write redeems it. */
export interface TakenLink {
  readonly link: Link
  readonly record: UserRecord | null
  readonly take: Change
}

/** A link to be made: `seconds` of life; the `keep` newest of its purpose and subject stay, or all. */
export interface LinkWish {
  readonly purpose: string
  readonly subject: string
  readonly record: UserRecord | null
  readonly seconds: number
  readonly keep?: number
  readonly outlivesStamp?: true
  readonly data?: Json
}

/** A ceremony's challenge as it was sealed to this browser. */
export interface Challenged {
  readonly data: Json
  readonly userId: string | null
  /** Makes it good for nobody else. @throws AuthError `challenge_expired` when it was spent before */
  spend(): Promise<void>
}
