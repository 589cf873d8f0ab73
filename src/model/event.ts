/** The catalogue of events: what happened, to whom, how, when, from where. Never a secret. */
import type { User } from './user.ts'

/** What each event says besides the common part. */
export interface EventPayloads {
  'user.registered': { readonly method: string }
  /** A registration waits for its address to be confirmed; `user` is who has the address already. */
  'registration.requested': Readonly<Record<never, never>>
  'user.created': { readonly by: 'operator' }
  /** `method` is what completed the login, `methods` all that was proven for it. */
  'user.logged_in': { readonly method: string; readonly methods: readonly string[]; readonly factors: 1 | 2; readonly sessionId: string }
  'user.logged_out': { readonly sessionId: string }
  /** A first factor was proven; another is owed (or must be set up) before a session opens. */
  'user.factor_owed': { readonly method: string; readonly setup: boolean }
  'user.reauthenticated': { readonly method: string }
  /** A wrong guess that was counted. `user` is null when there is no such account. */
  'user.authentication_failed': { readonly method: string }
  /** A try that was refused without looking at it. */
  'user.throttled': { readonly method: string }
  'user.invited': { readonly by: 'operator' }
  'user.activated': { readonly by: 'operator' }
  'user.deactivated': { readonly by: 'user' | 'operator' }
  'user.unlocked': { readonly by: 'operator' }
  'user.deleted': { readonly by: 'user' | 'operator' }
  /** The account will be deleted at `deletesAt`, unless its user thinks better of it. */
  'user.deletion_requested': { readonly by: 'user'; readonly deletesAt: number }
  'user.deletion_called_off': { readonly by: 'user' }
  /** The user says by a mailed link that a login was somebody else's, who came at `since`. The account has the address `email` again. */
  'user.login_disowned': { readonly by: 'user'; readonly email: string; readonly since: number }
  'password.changed': { readonly by: 'user' | 'operator' }
  'password.set': { readonly by: 'user' }
  /** Somebody asked for a link to choose a new password; `user` is null when there is no such account. */
  'password.reset_requested': { readonly by: 'user' }
  /** A new password was chosen by a mailed link. */
  'password.reset': { readonly by: 'user' }
  /** A password that somebody else may have set went when the address was shown to be the user's. */
  'password.removed': { readonly by: 'user' }
  'password.rehashed': { readonly from: string; readonly to: string }
  /** Somebody asked for a link to log in by; `user` is null when there is no such account. */
  'magic_link.requested': { readonly by: 'user' }
  /** For the first time it was shown that the mailbox of an account is its user's. */
  'email.verified': Readonly<Record<never, never>>
  /** `to` is the address that was asked for. */
  'email.change_requested': { readonly by: 'user'; readonly to: string }
  /** `from` and `to` are addresses; `user` is as before. */
  'email.changed': { readonly by: 'user'; readonly from: string; readonly to: string }
  'email.change_undone': { readonly by: 'user'; readonly from: string; readonly to: string; readonly since: number }
  /** `from` and `to` are usernames, or `null` for none; `user` is as before. */
  'username.changed': { readonly by: 'user'; readonly from: string | null; readonly to: string | null }
  /** Somebody asked for the username of an address; `user` is null when there is no such account. */
  'username.recovery_requested': { readonly by: 'user' }
  /** `sessionId`: the one that ended; `keptSessionId`: the one that did not, of all. Both `null` when all ended. */
  'sessions.ended': {
    readonly count: number
    readonly by: 'user' | 'operator'
    readonly sessionId: string | null
    readonly keptSessionId: string | null
  }
  /** A browser was given a token to open sessions with. */
  'device.remembered': { readonly deviceId: string }
  'device.forgotten': { readonly deviceId: string; readonly by: 'user' }
  /** A token that was used before came again, so that somebody has a copy: the device is forgotten, and sessions that it opened end. */
  'device.token_reused': { readonly deviceId: string }
  'totp.added': { readonly authenticatorId: string }
  'totp.removed': { readonly authenticatorId: string; readonly by: 'user' }
  'recovery_codes.made': { readonly by: 'user' }
  /** `left`: how many are left. */
  'recovery_code.used': { readonly left: number }
  /** A browser is excused from the second factor for a while. */
  'device.trusted': { readonly deviceId: string }
  'roles.changed': { readonly added: readonly string[]; readonly removed: readonly string[]; readonly by: 'operator' }
  /** A mail was handed over. */
  'mail.sent': { readonly mail: string }
  /** A mail could not be sent, and is tried no more. */
  'mail.failed': { readonly mail: string; readonly reason: string }
  'access.reset': { readonly by: 'operator' }
  'authorization.denied': { readonly target: string }
  'request.refused': { readonly code: string; readonly target: string }
}

/** A stable event name, noun first. */
export type EventName = keyof EventPayloads

/** What every event says. */
export interface EventCommon {
  readonly user: User | null
  /** Milliseconds since 1970, UTC. */
  readonly at: number
  readonly ip: string | null
  readonly userAgent: string | null
  /** Names the request that made it, the same for all of one request; `null` for what no request asked for. */
  readonly requestId: string | null
}

/** Any event; `name` tells which. */
export type AuthEvent = { [N in EventName]: { readonly name: N } & EventCommon & EventPayloads[N] }[EventName]

/** One event of a name. */
export type EventOf<N extends EventName> = Extract<AuthEvent, { readonly name: N }>

/** An event as a flow states it: name, payload, and the user it is about. The kernel adds the rest. */
export type Happening = { [N in EventName]: { readonly name: N; readonly user: User | null } & EventPayloads[N] }[EventName]
