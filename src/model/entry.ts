/** What a third party's feature keeps: one named entry of the `records` drawer. */
import type { Json } from './json.ts'

/** An entry, unique by feature and key. */
export interface Entry {
  /** The feature's name. */
  readonly feature: string
  readonly key: string
  readonly userId: string | null
  readonly value: Json
  /** Sealed text or `null`; left out of an export of the user's own data. */
  readonly secret: string | null
  /** Rises by one at each put, from 1. */
  readonly version: number
  /** Milliseconds since 1970, UTC, or `null` to keep it. */
  readonly expiresAt: number | null
}
