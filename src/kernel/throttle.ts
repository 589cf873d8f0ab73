/** One throttle for every guess: tries are counted before anything is hashed, and taken back when they were right. */
import { AuthError } from '../model/error.ts'
import type { Attempt, AttemptKey, Counted } from '../model/store.ts'
import type { User } from '../model/user.ts'
import { readAddress } from './address.ts'
import { deviceOf } from './devices.ts'
import type { Exchange } from './exchange.ts'
import type { Guess, Identified } from './step.ts'
import { commit, eventOf, eventSourceOf } from './write.ts'

/**
 * Judges a guess in a browser's flow.
 *
 * It is counted first, so that parallel ones cannot overshoot; one that is right, or that nobody came to judge, stays counted until the
 * login completes or the request ends.
 *
 * @throws AuthError `too_many_attempts` without a word on the guess; `invalid_credentials` when it was wrong
 */
export async function judgeGuess<T>(exchange: Exchange, guess: Guess, verify: () => Promise<T | null>): Promise<T> {
  if (!guess.cheap) await exchange.kernel.passwords.room() // no room, no try: a flood that is sent away writes nothing
  const before = exchange.tries.length
  await countTry(exchange, guess, 'add')
  const result = await verify()
  if (result !== null) return result
  exchange.tries.length = before // stays counted
  return refuseGuess(exchange, guess)
}

/**
 * Judges what a single request proves, as clients send many at once. Without hashing it is looked at first: a wrong one is then counted, a
 * right one asks the count before it is believed, so that clients do not wait for each other.
 *
 * @throws AuthError as `judgeGuess`
 */
export async function judgeRequest<T>(exchange: Exchange, guess: Guess, verify: () => Promise<T | null>): Promise<T> {
  if (!guess.cheap) return judgeGuess(exchange, guess, verify)
  const result = await verify()
  const before = exchange.tries.length
  await countTry(exchange, guess, result === null ? 'add' : 'ask')
  if (result !== null) return result
  exchange.tries.length = before // stays counted
  return refuseGuess(exchange, guess)
}

async function refuseGuess(exchange: Exchange, guess: Guess): Promise<never> {
  await commit(exchange, { events: [{ name: 'user.authentication_failed', user: guess.record?.user ?? null, method: guess.method }] })
  throw new AuthError('invalid_credentials')
}

/** Counts (or asks) for a known device of the user first; a device that is spent counts as a stranger. */
async function countTry(exchange: Exchange, guess: Guess, how: 'add' | 'ask'): Promise<void> {
  const { attempts } = exchange.kernel.store
  const device = guess.record && deviceOf(exchange, guess.record.user.id)
  for (const tries of [...(device ? [deviceAttempts(exchange, guess, device)] : []), strangerAttempts(exchange, guess)]) {
    const counted: Counted = await attempts[how](tries, exchange.kernel.clock())
    if (!counted.ok) {
      if (tries.some(({ key }) => key.startsWith('device:'))) continue
      return refuseTry(exchange, guess.record?.user ?? null, guess.method, counted.retryAt)
    }
    if (how === 'add') exchange.tries.push(...tries.map(({ group, key }) => ({ group, key })))
    return
  }
}

/** Tells listeners and refuses. Nothing is recorded: a flood of refusals must not become a flood of rows. */
function refuseTry(exchange: Exchange, user: User | null, method: string, retryAt: number): never {
  const { kernel } = exchange
  kernel.emitter.emit([eventOf({ name: 'user.throttled', user, method }, eventSourceOf(exchange))])
  throw new AuthError('too_many_attempts', { retryAfter: Math.max(1, Math.ceil((retryAt - kernel.clock()) / 1000)) })
}

/** The counts of one account, by its canonical identifier, whether or not there is such an account. */
function groupOf({ kernel, groups }: Pick<Exchange, 'kernel' | 'groups'>, key: string): string {
  const group = groups.get(key) ?? kernel.keys.keyed('throttle', key)
  groups.set(key, group)
  return group
}

/** A known device has tries of its own; all known devices of an account share one bound, and the network's bound holds for them too. */
function deviceAttempts(exchange: Exchange, guess: Guess, device: string): readonly Attempt[] {
  const { kernel } = exchange
  const group = groupOf(exchange, guess.key)
  const { limits } = kernel.settings
  return [
    { group, key: `device:${device}`, limit: limits.source },
    { group, key: 'devices', limit: limits.account },
    ...networkAttempts(exchange),
  ]
}

function strangerAttempts(exchange: Exchange, guess: Guess): readonly Attempt[] {
  const { source, kernel } = exchange
  const { limits } = kernel.settings
  const group = groupOf(exchange, guess.key)
  return [
    { group, key: `source:${source.network}`, limit: limits.source },
    { group, key: 'all', limit: limits.account },
    ...networkAttempts(exchange),
  ]
}

function networkAttempts({ source: { network }, kernel }: Exchange): readonly Attempt[] {
  return isShared(network) ? [] : [{ group: `network:${network}`, key: 'failures', limit: kernel.settings.limits.network }]
}

/**
 * Whether a network is one that every client may seem to come from when the proxy setting is wrong: unknown, loopback or
 * private. Counting guesses by it would let one client lock everybody out.
 */
function isShared(network: string): boolean {
  return /^(unknown|127\.|10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|169\.254\.|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.|0:0:0:0::|f[cd][0-9a-f]{2}:|fe[89ab][0-9a-f]:)/.test(
    network,
  )
}

/** What the throttle counts a user by: the same as when the address is typed. */
export function accountKey({ email, id }: User): string {
  return readAddress(email)?.key ?? id
}

/** The counts that a completed login of the user clears: what failed from here, and in a row from everywhere. */
export function clearedByLogin(exchange: Exchange, user: User): readonly AttemptKey[] {
  const group = groupOf(exchange, accountKey(user))
  const device = deviceOf(exchange, user.id)
  return [`source:${exchange.source.network}`, 'all', 'devices', ...(device ? [`device:${device}`] : [])].map((key) => ({ group, key }))
}

/** Takes the request's undecided tries back. When that fails they stay counted, which is the safe side. */
export async function refundTries({ kernel, tries }: Exchange): Promise<void> {
  const undecided = tries.splice(0)
  if (undecided.length === 0) return
  try {
    await kernel.store.attempts.refund(undecided)
  } catch (error) {
    kernel.report(error, 'taking back a try failed')
  }
}

/** After a refusal for want of the store the tries stay counted: to ask it again would only make everybody wait as long once more. */
export function keepTries({ tries }: Exchange, { code }: AuthError): void {
  if (code === 'unavailable') tries.length = 0
}

/**
 * Counts one mail that somebody asked for by an address: for it, from this network, and in all. A known device of the account has a count
 * of its own, so that strangers who ask cannot keep its user from asking.
 *
 * @throws AuthError `too_many_attempts`
 */
export async function countMail(exchange: Exchange, { key, record }: Identified): Promise<void> {
  const { kernel, source } = exchange
  const { address, network, total } = kernel.settings.limits.mails
  const device = record && deviceOf(exchange, record.user.id)
  const counted = await kernel.store.attempts.add(
    [
      { group: groupOf(exchange, `mails to ${key}`), key: device ? `device:${device}` : 'mails', limit: address },
      ...(isShared(source.network) ? [] : [{ group: `network:${source.network}`, key: 'mails', limit: network }]),
      { group: 'mails', key: 'all', limit: total },
    ],
    kernel.clock(),
  )
  if (!counted.ok) refuseTry(exchange, null, 'mail', counted.retryAt)
}

/** Forgets what was counted against an account. */
export async function unlockAccount(exchange: Exchange, user: User): Promise<void> {
  await exchange.kernel.store.attempts.clearGroup(groupOf(exchange, accountKey(user)))
}

/** Counts one registration of this network. @throws AuthError `too_many_attempts` */
export async function countRegistration(exchange: Exchange): Promise<void> {
  const { kernel, source } = exchange
  const attempt = { group: `network:${source.network}`, key: 'registrations', limit: kernel.settings.limits.registrations }
  const counted = await kernel.store.attempts.add([attempt], kernel.clock())
  if (!counted.ok) refuseTry(exchange, null, 'registration', counted.retryAt)
}
