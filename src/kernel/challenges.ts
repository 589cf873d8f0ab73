/** Challenges of ceremonies: sealed into one cookie of this browser, spent once in the fleeting store. */
import { randomToken } from '../crypto/random.ts'
import { AuthError } from '../model/error.ts'
import type { Json } from '../model/json.ts'
import type { UserRecord } from '../model/user.ts'
import { clearCookie, cookieOf, type Exchange, setCookie } from './exchange.ts'
import type { Challenged } from './step.ts'

/** Two tabs work, and a cookie stays small: the newest stay. */
const most = 4

interface Sealed {
  readonly id: string
  readonly ceremony: string
  readonly data: Json
  readonly userId: string | null
  readonly stamp: string | null
  readonly epoch: string
  readonly expiresAt: number
}

/** Seals a challenge to this browser and gives the id to find it by. */
export async function sealChallenge(
  exchange: Exchange,
  ceremony: string,
  data: Json,
  options: { readonly seconds: number; readonly record?: UserRecord },
): Promise<string> {
  const { kernel, now } = exchange
  const { seconds, record } = options
  const id = randomToken(16, kernel.random)
  const challenge: Sealed = {
    id,
    ceremony,
    data,
    userId: record?.user.id ?? null,
    stamp: record?.stamp ?? null,
    epoch: await kernel.epoch(),
    expiresAt: now + seconds * 1000,
  }
  keepChallenges(exchange, [challenge, ...readChallenges(exchange)].slice(0, most))
  return id
}

function keepChallenges(exchange: Exchange, challenges: readonly Sealed[]): void {
  if (challenges.length === 0) clearCookie(exchange, 'challenge')
  else setCookie(exchange, 'challenge', exchange.kernel.keys.seal('challenge', 'challenge', JSON.stringify(challenges)))
}

/**
 * Finds a challenge of this browser and ceremony; reading spends nothing.
 *
 * @throws AuthError `challenge_expired` when it is unknown, expired, of another browser or ceremony, or its user's stamp changed;
 *   also, when it is spent, if it was before, or the fleeting store was emptied
 */
export async function findChallenge(exchange: Exchange, ceremony: string, id: string): Promise<Challenged> {
  const { kernel, now } = exchange
  const found = readChallenges(exchange).find((challenge) => challenge.id === id && challenge.ceremony === ceremony)
  if (!found) throw new AuthError('challenge_expired')
  if (found.userId !== null && (await kernel.store.reads.users.byId(found.userId))?.stamp !== found.stamp)
    throw new AuthError('challenge_expired')
  return {
    data: found.data,
    userId: found.userId,
    spend: async () => {
      const isFirst = await kernel.store.tickets.spend(`challenge ${id}`, found.expiresAt, now)
      // The epoch is asked after spending: a store that was emptied before has forgotten whether it was spent.
      if (!isFirst || found.epoch !== (await kernel.epoch())) throw new AuthError('challenge_expired')
      const others = readChallenges(exchange).filter((challenge) => challenge.id !== id)
      keepChallenges(exchange, others) // what it held may be a secret, which this browser is shown no more
    },
  }
}

function readChallenges(exchange: Exchange): readonly Sealed[] {
  const { kernel, now } = exchange
  const sealed = cookieOf(exchange, 'challenge')
  const text = sealed && kernel.keys.unseal('challenge', 'challenge', sealed)
  if (!text) return []
  const challenges: readonly Sealed[] = JSON.parse(text) // sealed by us, so it is what we wrote
  return challenges.filter((challenge) => challenge.expiresAt > now)
}
