/** How often anything may be tried or asked for, as an application sets it and as counts are judged by it. */
import type { AttemptLimit } from '../model/store.ts'
import { type Duration, milliseconds } from './clock.ts'
import { refuseUnknownKeys } from './known-keys.ts'

/** How many tries there are. All counts are whole numbers above zero. */
export interface LimitOptions {
  /** Wrong guesses for one account from one network before waits begin. Default 5. */
  readonly triesPerSource?: number
  /** The wait after them; it doubles with each further failure. Default `'30s'`. */
  readonly firstWait?: Duration
  /** The longest wait. Default `'15m'`. */
  readonly longestWait?: Duration
  /** Wrong guesses in a row for one account from everywhere; then only a known device, another factor or an operator helps. Default 100 (NIST SP 800-63B-4 section 3.2.2). */
  readonly triesPerAccount?: number
  /** Wrong guesses per hour from one network, whatever the account. Default 100. */
  readonly failuresPerNetwork?: number
  /** Registrations per hour from one network. Default 200. */
  readonly registrationsPerNetwork?: number
  /** Mails per hour that anybody may ask for by an address, to one address, whether or not there is such an account; a known device of it has as many of its own. Default 5. */
  readonly mailsPerAddress?: number
  /** The same from one network. Default 50. */
  readonly mailsPerNetwork?: number
  /** The same in total. Default 3000. */
  readonly mailsInTotal?: number
}

/** The limits as counts are judged by them. */
export interface Limits {
  readonly source: AttemptLimit
  readonly account: AttemptLimit
  readonly network: AttemptLimit
  readonly registrations: AttemptLimit
  readonly mails: { readonly address: AttemptLimit; readonly network: AttemptLimit; readonly total: AttemptLimit }
}

const hour = 3_600_000
const day = 24 * hour

const limitKeys: Readonly<Record<keyof LimitOptions, true>> = {
  triesPerSource: true,
  firstWait: true,
  longestWait: true,
  triesPerAccount: true,
  failuresPerNetwork: true,
  registrationsPerNetwork: true,
  mailsPerAddress: true,
  mailsPerNetwork: true,
  mailsInTotal: true,
}

/** Reads the option `limits`. @throws Error with a sentence that says what to change */
export function readLimits(given: LimitOptions): Limits {
  refuseUnknownKeys('createAuth: limits', given, limitKeys)
  const {
    triesPerSource = 5,
    firstWait = '30s',
    longestWait = '15m',
    triesPerAccount = 100,
    failuresPerNetwork = 100,
    registrationsPerNetwork = 200,
    mailsPerAddress = 5,
    mailsPerNetwork = 50,
    mailsInTotal = 3000,
  } = given
  const counts = {
    triesPerSource,
    triesPerAccount,
    failuresPerNetwork,
    registrationsPerNetwork,
    mailsPerAddress,
    mailsPerNetwork,
    mailsInTotal,
  }
  for (const [name, value] of Object.entries(counts)) {
    if (!Number.isInteger(value) || value < 1) throw new Error(`limits.${name} must be a whole number above zero; it is ${value}.`)
  }
  const wait = { first: milliseconds(firstWait, 'limits.firstWait'), most: milliseconds(longestWait, 'limits.longestWait') }
  if (wait.first > wait.most) throw new Error('limits.firstWait must not be longer than limits.longestWait.')
  return {
    source: { max: triesPerSource, window: Math.max(day, 2 * wait.most), wait },
    account: { max: triesPerAccount, window: 90 * day },
    network: { max: failuresPerNetwork, window: hour },
    registrations: { max: registrationsPerNetwork, window: hour },
    mails: {
      address: { max: mailsPerAddress, window: hour },
      network: { max: mailsPerNetwork, window: hour },
      total: { max: mailsInTotal, window: hour },
    },
  }
}
