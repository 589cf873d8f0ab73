/** What schemes and verifications work with: everything that needs no browser. */
import { schemeOf } from '../crypto/password-hash.ts'
import { randomToken } from '../crypto/random.ts'
import type { Written } from '../model/change.ts'
import type { Json } from '../model/json.ts'
import type { User } from '../model/user.ts'
import { readAddress } from './address.ts'
import { type Exchange, hashToken } from './exchange.ts'
import type { Ground } from './flow.ts'
import type { Identified, Step } from './step.ts'
import { accountKey, judgeRequest } from './throttle.ts'
import { commit, eventSourceOf, prepareStep, tryWrite } from './write.ts'

/** Makes the ground of an exchange. */
export function createGround(exchange: Exchange): Ground {
  const { kernel } = exchange
  const { keys, passwords, random } = kernel
  return {
    head: exchange.head,
    now: exchange.now,
    source: exchange.source,
    reads: kernel.store.reads,
    guess: (guess, verify) => judgeRequest(exchange, guess, verify),
    identify: (typed) => identify(exchange, typed),
    identifiers: kernel.identifiers,
    keyOf: ({ user }) => accountKey(user),
    verifyPassword: (identified, password) => verifyPassword(exchange, identified, password),
    matchesPassword: (key, passwordHash, password) => passwords.verify(passwordHash, key, password),
    hashPassword: (password, about, field) => passwords.hash(password, about, field),
    token: (label) => {
      const token = randomToken(32, random)
      return { token, hash: hashToken(`feature ${label}`, token) }
    },
    hash: (label, token) => hashToken(`feature ${label}`, token),
    keyed: (label, text) => keys.keyed(`feature ${label}`, text),
    verifyKeyed: (label, text, value) => keys.verifyKeyed(`feature ${label}`, text, value),
    id: () => randomToken(16, random),
    random,
    seal: (label, context, value) => keys.seal(`feature ${label}`, context, JSON.stringify(value)),
    unseal: (label, context, sealed): Json => {
      const text = keys.unseal(`feature ${label}`, context, sealed)
      return text === null ? null : JSON.parse(text)
    },
    commit: (step) => commit(exchange, step),
    tryCommit: (step) => tryCommit(exchange, step),
  }
}

async function tryCommit(exchange: Exchange, step: Step): Promise<Written> {
  const prepared = prepareStep(exchange.kernel, step, eventSourceOf(exchange))
  const written = await tryWrite(exchange.kernel, prepared)
  if (written.ok) exchange.kernel.emitter.emit(prepared.events)
  return written
}

/** Finds whom a text names. What the throttle counts by is canonical, so that spellings share one budget. */
async function identify({ kernel }: Exchange, typed: string): Promise<Identified> {
  const { reads } = kernel.store
  const address = readAddress(typed)
  if (address) return { key: address.key, record: await reads.users.byEmailKey(address.key) }
  for (const identifier of kernel.identifiers) {
    const canonical = identifier.canonical(typed)
    if (canonical === null) continue
    const record = await identifier.find(reads, canonical)
    return { key: record ? accountKey(record.user) : `${identifier.name}:${canonical}`, record }
  }
  return { key: `unknown:${typed.trim().normalize('NFC').toLowerCase()}`, record: await reads.users.byEmailKey('') } // the same read as for an address
}

/**
 * Verifies a password or does the same work for nobody; a right one under an old scheme is hashed anew, best effort. Not that of a
 * deactivated user: whoever may not log in would learn by the second hash that the password is right.
 */
async function verifyPassword(exchange: Exchange, { key, record }: Identified, password: string): Promise<boolean> {
  const { kernel } = exchange
  const stored = record?.passwordHash ?? null
  const right = await kernel.passwords.verify(stored, key, password)
  if (!right || !record || stored === null) return false
  if (record.user.active) await upgradeHash(exchange, record.user, stored, password)
  return true
}

async function upgradeHash(exchange: Exchange, user: User, stored: string, password: string): Promise<void> {
  try {
    const passwordHash = await exchange.kernel.passwords.upgrade(stored, password)
    if (passwordHash === null) return
    await tryCommit(exchange, {
      changes: [{ kind: 'users.update', id: user.id, set: { passwordHash }, when: { passwordHash: stored } }],
      events: [{ name: 'password.rehashed', user, from: schemeOf(stored) ?? 'unknown', to: schemeOf(passwordHash) ?? 'unknown' }],
    })
  } catch (error) {
    exchange.kernel.report(error, 'replacing an old password hash failed') // the password was right all the same
  }
}
