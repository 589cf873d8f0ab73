/** Ways to find users besides their address. */
import type { Maybe } from '../model/json.ts'
import type { Phrase } from '../model/locale.ts'
import type { Reads } from '../model/store.ts'
import type { UserRecord } from '../model/user.ts'
import type { Draft } from './step.ts'

/** A way to find users besides their address. */
export interface Identifier {
  /** Also the name of its field at login and at registration. */
  readonly name: string
  /** The canonical form, or `null` when the text cannot be one. */
  canonical(typed: string): string | null
  find(reads: Reads, canonical: string): Maybe<UserRecord | null>
  /** How new accounts get one. */
  readonly enrol?: {
    readonly label: Phrase
    readonly required: boolean
    /** What the account is to hold of what was typed. @throws AuthError `invalid_fields` under the identifier's name, or that it is taken */
    read(reads: Reads, typed: string): Promise<Named>
  }
}

/** What of an account an identifier may set. */
export type Named = Pick<Draft, 'username' | 'usernameKey'>
