/** Guards: who may pass, by what they proved; a request is looked at without making a `Request` of it. */
import { needsOrigin } from '../http/csrf.ts'
import type { HeaderPairs } from '../http/reply.ts'
import type { RequestHead } from '../http/request-head.ts'
import { pathOf } from '../http/router.ts'
import { AuthError } from '../model/error.ts'
import type { Proof, Session } from '../model/session.ts'
import type { User, UserRecord } from '../model/user.ts'
import { type Duration, milliseconds } from './clock.ts'
import { beginExchange, type Exchange } from './exchange.ts'
import { debtOf, isOfSecond, makeProof, provedSecond } from './factors.ts'
import type { Scheme, Unrecognised } from './feature.ts'
import { checkSameSite } from './form-token.ts'
import { isFresh, staleError } from './fresh.ts'
import { createGround } from './ground.ts'
import type { Kernel } from './kernel.ts'
import { refuseUnknownKeys } from './known-keys.ts'
import { admit } from './login.ts'
import type { RefusedHandler } from './options.ts'
import { noteRefusal, refuse, toAuthError } from './refusal.ts'
import { recogniseSession } from './session.ts'
import { keepTries, refundTries } from './throttle.ts'

/** Who may pass a guard. Everything given must hold. */
export interface Rule {
  /** Ways to be recognised: `session`, or names of schemes. The first that recognises counts. Default: `['session']`. */
  readonly with?: readonly string[]
  /** All of these roles. */
  readonly roles?: readonly string[]
  /** At least one of these roles. */
  readonly anyRole?: readonly string[]
  /** All of these permissions, by any role. */
  readonly permissions?: readonly string[]
  /** All of these scopes, where the request was recognised by something that has scopes. */
  readonly scopes?: readonly string[]
  /** Proven within this time; `true` for the installation's `freshFor`. */
  readonly fresh?: Duration | true
  /** A second factor was proven, not just excused. */
  readonly secondFactor?: true
  /** A proof that no look-alike site could have asked for. */
  readonly phishingResistant?: true
  /** Answers refusals of this guard in the application's own way. */
  readonly refused?: RefusedHandler
}

/** Who a request is from, and how that was recognised. */
export interface Identity<U extends User = User> {
  readonly user: U
  /** `session`, or the name of the scheme. */
  readonly with: string
  readonly session: Pick<Session, 'id' | 'createdAt' | 'endsAt'> | null
  readonly proofs: readonly Proof[]
  /** `null` when nothing limits it. */
  readonly scopes: readonly string[] | null
}

/** What a guard decides. */
export type Guarded<U extends User = User> =
  | {
      readonly ok: true
      readonly identity: Identity<U> /** For the reply, where the handler sets none of its own. */
      readonly headers: HeaderPairs
    }
  | { readonly ok: false; readonly response: Response }

/** Decides about a request. Never throws; while the installation is not ready, nobody passes. */
export type Guard<U extends User = User> = (head: RequestHead) => Promise<Guarded<U>>

const passed: HeaderPairs = [
  ['Vary', 'Cookie'],
  ['Cache-Control', 'no-store'],
]

const ruleKeys: Readonly<Record<keyof Rule, true>> = {
  with: true,
  roles: true,
  anyRole: true,
  permissions: true,
  scopes: true,
  fresh: true,
  secondFactor: true,
  phishingResistant: true,
  refused: true,
}

/** A rule that is not what its type says would let in whom it does not mean. */
function checkRule(rule: Rule): void {
  refuseUnknownKeys('A guard', rule, ruleKeys)
  for (const key of ['with', 'roles', 'anyRole', 'permissions', 'scopes'] as const) {
    const names: unknown = rule[key]
    if (names === undefined) continue
    if (!Array.isArray(names) || names.length === 0 || !names.every((name) => typeof name === 'string')) {
      throw new Error(`A guard's "${key}" must be a list of names that is not empty, for example ['admin'].`)
    }
  }
}

/** Makes a guard. @throws Error with a sentence when the rule cannot be meant */
export function createGuard<U extends User>(kernel: Kernel<U>, rule: Rule = {}): Guard<U> {
  checkRule(rule)
  const ways = rule.with ?? ['session']
  const schemes = new Map(kernel.features.flatMap(({ schemes = [] }) => schemes).map((scheme) => [scheme.name, scheme]))
  for (const way of ways)
    if (way !== 'session' && !schemes.has(way))
      throw new Error(`A guard names "${way}", which no feature offers: it may name ${['session', ...schemes.keys()].join(', ')}.`)
  const window = rule.fresh === undefined ? null : rule.fresh === true ? kernel.settings.freshFor : milliseconds(rule.fresh, 'fresh')

  const asks = Object.entries(rule).some(([name, value]) => value !== undefined && name !== 'with' && name !== 'refused')

  return async (head) => {
    const exchange = beginExchange(kernel, head)
    let user: User | null = null
    try {
      await kernel.readyInTime()
      const found = await recognise(kernel, exchange, ways, schemes)
      if ('why' in found) return await reject(exchange, rule, unauthenticated(kernel, exchange, found.challenges))
      user = found.identity.user
      if (found.ambient && needsOrigin(head)) await checkSameSite(exchange)
      if (asks) await authorise(kernel, exchange, rule, window, found.identity)
      return { ok: true, identity: found.identity, headers: passed }
    } catch (thrown) {
      const error = toAuthError(thrown, kernel.report, `guarding ${head.method} ${pathOf(head.target)} failed`)
      keepTries(exchange, error)
      await noteRefusal(exchange, user, error)
      return await reject(exchange, rule, error)
    } finally {
      if (exchange.tries.length > 0) await refundTries(exchange) // a request that was recognised is no login: its tries are taken back, none is cleared
    }
  }
}

/** Who a request's session belongs to, or `null`: one hash and one read. */
export async function identify<U extends User>(kernel: Kernel<U>, head: RequestHead): Promise<Identity<U> | null> {
  if (!kernel.isReady()) await kernel.readyInTime()
  const found = recogniseSession(kernel, head, kernel.clock())
  const held = found instanceof Promise ? await found : found
  return held && sessionIdentity(held.user, held.session)
}

function sessionIdentity<U extends User>(user: U, { id, createdAt, endsAt, proofs }: Session): Identity<U> {
  return { user, with: 'session', session: { id, createdAt, endsAt }, proofs, scopes: null }
}

type Found<U extends User> =
  | { readonly identity: Identity<U>; readonly ambient: boolean }
  | { readonly why: Unrecognised; readonly challenges: readonly string[] }

async function recognise<U extends User>(
  kernel: Kernel<U>,
  exchange: Exchange,
  ways: readonly string[],
  schemes: ReadonlyMap<string, Scheme>,
): Promise<Found<U>> {
  const challenges: string[] = []
  let why: Unrecognised = 'absent'
  for (const way of ways) {
    const scheme = schemes.get(way)
    if (!scheme) {
      const found = recogniseSession(kernel, exchange.head, exchange.now)
      const held = found instanceof Promise ? await found : found
      exchange.session = held
      if (held) return { identity: sessionIdentity(held.user, held.session), ambient: true }
      continue
    }
    const found = await recogniseByScheme(kernel, exchange, scheme).catch(refusedGuess)
    if (typeof found !== 'string') return { identity: found, ambient: scheme.ambient }
    if (found !== 'absent') why = found
    challenges.push(...(await scheme.challenges(createGround(exchange), found)))
  }
  return { why, challenges }
}

/** A scheme recognises single requests: admission and second factors are asked every time, and nothing opens. */
async function recogniseByScheme<U extends User>(
  kernel: Kernel<U>,
  exchange: Exchange,
  scheme: Scheme,
): Promise<Identity<U> | Unrecognised> {
  const found = await scheme.recognise(createGround(exchange))
  if (typeof found === 'string') return found
  const record: UserRecord<U> | null = await kernel.store.reads.users.byId(found.userId)
  if (!record) return 'refused'
  await admit(exchange, record, found.proven?.method ?? scheme.name)
  const proofs = found.proven ? [makeProof(kernel, found.proven, 'first', exchange.now)] : []
  if (found.proven && !scheme.allowOwed && (await debtOf(kernel, record, proofs)) !== 'none') return 'refused'
  return { user: record.user, with: scheme.name, session: null, proofs, scopes: found.scopes ?? null }
}

/** A wrong guess and an account that may not come in are one answer, and it carries the challenges (RFC 9110 section 11.6.1). */
function refusedGuess(thrown: unknown): 'refused' {
  if (thrown instanceof AuthError && thrown.code === 'invalid_credentials') return 'refused'
  throw thrown
}

async function authorise<U extends User>(
  kernel: Kernel<U>,
  exchange: Exchange,
  rule: Rule,
  window: number | null,
  identity: Identity<U>,
): Promise<void> {
  const { user, proofs, scopes } = identity
  const has = (role: string): boolean => user.roles.includes(role)
  if (rule.roles && !rule.roles.every(has)) throw new AuthError('forbidden')
  if (rule.anyRole && !rule.anyRole.some(has)) throw new AuthError('forbidden')
  if (rule.scopes && scopes !== null && !rule.scopes.every((scope) => scopes.includes(scope))) throw new AuthError('forbidden')
  if (rule.permissions) {
    const granted = await kernel.store.reads.roles.permissionsOf(user.id)
    if (!rule.permissions.every((permission) => granted.includes(permission))) throw new AuthError('forbidden')
  }
  if (rule.secondFactor && !provedSecond(proofs)) throw await staleError(exchange, 'second')
  if (rule.phishingResistant && !proofs.some((proof) => proof.phishingResistant)) throw await staleError(exchange, 'phishing-resistant')
  const counted = rule.secondFactor ? proofs.filter(isOfSecond) : proofs // both together: a second factor that was proven just now
  if (window !== null && !isFresh(counted, exchange.now, window)) throw await staleError(exchange, rule.secondFactor ? 'second' : 'fresh')
}

function unauthenticated(kernel: Kernel, { head }: Exchange, challenges: readonly string[]): AuthError {
  const resumes = kernel.features.some(({ resume }) => resume?.carried(head))
  return new AuthError('unauthenticated', {
    ...(challenges.length > 0 && { headers: challenges.map((challenge) => ['WWW-Authenticate', challenge] as const) }),
    ...(resumes && { members: { resume: true } }),
  })
}

async function reject<U extends User>(exchange: Exchange, rule: Rule, error: AuthError): Promise<Guarded<U>> {
  const { kernel, head } = exchange
  const answer = refuse(exchange, null, error)
  try {
    for (const handler of [rule.refused, kernel.settings.refused]) {
      const own = await handler?.({ error, head, response: answer })
      if (own) return { ok: false, response: own }
    }
  } catch (thrown) {
    kernel.report(thrown, 'a handler of refusals failed')
  }
  return { ok: false, response: answer }
}
