/** What every part of the kernel works with: the checked settings and the parts made of them, one of each per `createAuth`. */
import type { Keyring } from '../crypto/keyring.ts'
import type { Random } from '../crypto/random.ts'
import type { Layout } from '../html/layout.ts'
import type { MailLayout, MailTemplate } from '../html/mail.ts'
import type { Templates } from '../html/templates.ts'
import type { Router } from '../http/router.ts'
import type { Store } from '../model/store.ts'
import type { User } from '../model/user.ts'
import type { Clock } from './clock.ts'
import type { Emitter, Report } from './emit.ts'
import type { Feature, Method, ProofKind, Route, Wish } from './feature.ts'
import type { Identifier } from './identifier.ts'
import type { Locales } from './locale.ts'
import type { Settings } from './options.ts'
import type { Passwords } from './passwords.ts'

/** A route with its whole path, as it is mounted. */
export interface MountedRoute {
  readonly name: string
  readonly path: string
  readonly route: Route
  readonly methods: readonly Method[]
}

/** Whoever sends the mails that wait. */
export interface Delivery {
  /** Sends what is due, soon: called when a write has queued something, and when a process begins. */
  wake(): void
  /** Resolves when what was queued so far has been looked at. */
  settled(): Promise<void>
  /** Ends it, when the mail under way is done. */
  close(): Promise<void>
}

/** One installation. Nothing outside it holds state, so two in one process share nothing. */
export interface Kernel<U extends User = User> {
  readonly settings: Settings
  readonly features: readonly Feature[]
  /** By method. */
  readonly proofKinds: ReadonlyMap<string, ProofKind>
  readonly identifiers: readonly Identifier[]
  /** Flags that login-like routes read. */
  readonly wishes: readonly Wish[]
  /** By name. */
  readonly routes: ReadonlyMap<string, MountedRoute>
  readonly router: Router<MountedRoute>
  readonly keys: Keyring
  readonly clock: Clock
  readonly random: Random
  readonly passwords: Passwords
  readonly emitter: Emitter
  /** Templates of mails, by name. */
  readonly mails: ReadonlyMap<string, MailTemplate>
  /** Names of the files that may take the place of mails, by the mail's name. */
  readonly mailFiles: ReadonlyMap<string, string>
  readonly mailLayout: MailLayout
  readonly delivery: Delivery
  /** Keeps the platform alive for work after the reply. */
  readonly background: ((work: Promise<void>) => void) | null
  readonly report: Report
  /** Resolves in a turn of the event loop that no other request is given: what may write, hash or mail waits for one. */
  nextTurn(): Promise<void>
  readonly layout: Layout
  /** Files that take the place of pages. */
  readonly templates: Templates | null
  readonly locales: Locales
  readonly assets: { readonly style: string; readonly script: string }
  /** The store, once `ready` has resolved. */
  readonly store: Store<U>
  /** Names the life of the fleeting store; what carries another one is void. Asked of the store each time: it may have been emptied. */
  epoch(): Promise<string>
  /** Resolves when the store is open and its schema fits; fails with `unavailable` while it is not, and tries again. */
  ready(): Promise<void>
  /** As `ready`, for requests: fails with `unavailable` after five seconds too, however long the store takes to open. */
  readyInTime(): Promise<void>
  /** Whether it is, so that nobody waits for what is there. */
  isReady(): boolean
}
