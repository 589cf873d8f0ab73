/** What a driver does for the store: it runs sequences. */
import type { Maybe } from '../../model/json.ts'
import type { Sequence } from './sequence.ts'

/** Runs sequences on a database: at once where the driver is synchronous, else by waiting. */
export interface Runner {
  /** Connects; doing so again does nothing. */
  open(): Maybe<void>
  /** Disconnects from what `open` connected to; doing so again does nothing. */
  close(): Maybe<void>
  /** Runs a sequence that changes nothing. */
  read<T>(make: () => Sequence<T>): Maybe<T>
  /** Runs a sequence all or nothing, apart from all others: it stays done if `commits` says so of what it amounts to. */
  write<T>(make: () => Sequence<T>, commits?: (result: T) => boolean): Maybe<T>
  /**
   * Writes what may be lost with the power, though not with the process: counts of tries, and the removal of what has expired. Where
   * that costs less than a write that is there to stay, it does.
   */
  unflushed<T>(make: () => Sequence<T>): Maybe<T>
  /** Runs a sequence that changes the schema: as a write, but it may take long, and locks for itself. */
  alter(make: () => Sequence<void>): Maybe<void>
}
