/** Values that cases are written with: each valid as it stands, any part of it replaceable. */
import type { AuditRow } from '../../model/audit.ts'
import type { Change, NewUser } from '../../model/change.ts'
import type { Device } from '../../model/device.ts'
import type { Link } from '../../model/link.ts'
import type { OutboxRow } from '../../model/outbox.ts'
import type { Authenticator } from '../../model/second-factor.ts'
import type { Proof, Session, Ticket, TokenHash } from '../../model/session.ts'

/** The time at which cases take place, in milliseconds since 1970, UTC. */
export const now = 1_893_456_000_000

/** A minute in milliseconds. */
export const minute = 60_000

/** A token hash that stands for a token of this name. No token is hashed: stores only compare. */
export function hashOf(name: string): TokenHash {
  return Buffer.from(name.padEnd(32, '.')).toString('base64url') as TokenHash
}

/** A user called `name`, at `name@example.com`, with the stamp `name-stamp`. */
export function userCalled(name: string, parts: Partial<NewUser> = {}): NewUser {
  return {
    id: `${name}-id`,
    email: `${name}@example.com`,
    emailKey: `${name}@example.com`,
    username: null,
    usernameKey: null,
    passwordHash: null,
    stamp: `${name}-stamp`,
    active: true,
    createdAt: now,
    extra: {},
    ...parts,
  }
}

/** The change that creates a user called `name`. */
export function create(name: string, parts: Partial<NewUser> = {}): Change {
  return { kind: 'users.create', user: userCalled(name, parts) }
}

/** A change that is always refused as `gone`, to undo what precedes it. */
export const refused: Change = { kind: 'users.expect', id: 'nobody', stamp: 'none' }

/** The change that makes a role. */
export function role(name: string, ...permissions: readonly string[]): Change {
  return { kind: 'roles.put', name, description: `The role ${name}`, permissions }
}

/** A link to reset ada's password, usable for an hour. */
export function linkCalled(name: string, parts: Partial<Link> = {}): Link {
  return {
    hash: hashOf(name),
    purpose: 'reset-password',
    subject: 'ada-id',
    userId: 'ada-id',
    stamp: 'ada-stamp',
    codeHash: null,
    data: null,
    createdAt: now,
    expiresAt: now + 60 * minute,
    ...parts,
  }
}

/** The change that puts a link, keeping ten. */
export function putLink(name: string, parts: Partial<Link> = {}, keep = 10): Change {
  return { kind: 'links.put', link: linkCalled(name, parts), keep }
}

/** A remembered device of ada's, for a day. */
export function deviceCalled(name: string, parts: Partial<Omit<Device, 'stamp'>> = {}): Omit<Device, 'stamp'> {
  return {
    id: `${name}-device`,
    purpose: 'remember',
    selector: hashOf(name),
    verifier: hashOf(`${name}-verifier`),
    userId: 'ada-id',
    sessionId: `${name}-session`,
    createdAt: now,
    usedAt: now,
    expiresAt: now + 24 * 60 * minute,
    ip: '192.0.2.1',
    userAgent: 'Browser/1.0',
    ...parts,
  }
}

/** The change that puts a device. */
export function putDevice(name: string, parts: Partial<Omit<Device, 'stamp'>> = {}): Change {
  return { kind: 'devices.put', device: deviceCalled(name, parts) }
}

/** The change that gives a device its next verifier, called `next`. */
export function rotateDevice(name: string, next: string, from: string = `${name}-verifier`, at: number = now): Change {
  const used = { sessionId: `${next}-session`, ip: '192.0.2.2', userAgent: 'Browser/2.0' }
  return { kind: 'devices.rotate', selector: hashOf(name), from: hashOf(from), to: hashOf(next), now: at, ...used }
}

/** The change that counts a login of ada's. */
export function track(at: number = now, ip: string | null = '192.0.2.1', userAgent: string | null = 'Browser/1.0'): Change {
  return { kind: 'logins.track', userId: 'ada-id', at, ip, userAgent }
}

/** The change that lets ada's account be deleted after an hour. */
export function putDeletion(deletesAt: number = now + 60 * minute, userId: string = 'ada-id'): Change {
  return { kind: 'deletions.put', deletion: { userId, requestedAt: now, deletesAt } }
}

/** The change that keeps an event of ada's. */
export function append(name: string, parts: Partial<AuditRow> = {}): Change {
  const source = { ip: '192.0.2.1', userAgent: 'Browser/1.0', requestId: 'request' }
  const row = { id: `${name}-event`, event: 'user.logged_in', userId: 'ada-id', at: now, ...source, details: {}, expiresAt: null }
  return { kind: 'audit.append', row: { ...row, ...parts } }
}

/** An authenticator of ada's, of which no step since 1970 is spent. */
export function authenticatorCalled(name: string, parts: Partial<Authenticator> = {}): Authenticator {
  const shape = { algorithm: 'SHA-1', digits: 6, period: 30 } as const
  const row = { id: `${name}-totp`, userId: 'ada-id', name, secret: 'secret-totp', ...shape, step: 0, createdAt: now, usedAt: now }
  return { ...row, ...parts }
}

/** The change that adds an authenticator, of five at most. */
export function addTotp(name: string, parts: Partial<Authenticator> = {}, most = 5): Change {
  return { kind: 'totp.add', authenticator: authenticatorCalled(name, parts), most }
}

/** The change that spends a step of ada's authenticator. */
export function advanceTotp(name: string, step: number, userId: string = 'ada-id'): Change {
  return { kind: 'totp.advance', userId, id: `${name}-totp`, step, now: now + step }
}

/** The change that gives ada recovery codes. */
export function replaceCodes(...hashes: readonly string[]): Change {
  return { kind: 'recoveryCodes.replace', userId: 'ada-id', hashes }
}

/** The change that uses one of ada's recovery codes. */
export function useCode(hash: string, userId: string = 'ada-id'): Change {
  return { kind: 'recoveryCodes.use', userId, hash }
}

/** A mail about ada's account, due at once. */
export function mailCalled(name: string, parts: Partial<OutboxRow> = {}): OutboxRow {
  return {
    id: `${name}-mail`,
    mail: 'password.changed',
    userId: 'ada-id',
    to: 'ada@example.com',
    body: 'secret-body',
    createdAt: now,
    dueAt: now,
    expiresAt: now + 24 * 60 * minute,
    ...parts,
  }
}

/** The change that queues a mail. */
export function putMail(name: string, parts: Partial<OutboxRow> = {}): Change {
  return { kind: 'outbox.put', row: mailCalled(name, parts) }
}

/** The change that puts an entry of the feature `pins`. */
export function putRecord(
  key: string,
  parts: Partial<Omit<Extract<Change, { readonly kind: 'records.put' }>, 'kind' | 'key'>> = {},
): Change {
  return {
    kind: 'records.put',
    feature: 'pins',
    key,
    userId: 'ada-id',
    value: null,
    secret: null,
    expiresAt: null,
    expect: 0,
    now,
    ...parts,
  }
}

/** A proof by password. */
export const passwordProof: Proof = {
  method: 'password',
  channel: 'memory',
  as: 'first',
  factors: 1,
  at: now,
  fresh: true,
  phishingResistant: false,
}

/** A session of ada's, for an hour unless it is used. */
export function sessionCalled(name: string, parts: Partial<Session> = {}): Session {
  return {
    id: `${name}-session`,
    userId: 'ada-id',
    stamp: 'ada-stamp',
    proofs: [passwordProof],
    createdAt: now,
    usedAt: now,
    expiresAt: now + 60 * minute,
    endsAt: now + 24 * 60 * minute,
    ip: '192.0.2.1',
    userAgent: 'Browser/1.0',
    ...parts,
  }
}

/** A ticket of ada's, for ten minutes. */
export function ticketCalled(name: string, parts: Partial<Ticket> = {}): Ticket {
  return {
    id: `${name}-ticket`,
    kind: 'owed',
    userId: 'ada-id',
    stamp: 'ada-stamp',
    proofs: [passwordProof],
    wishes: [],
    next: null,
    epoch: 'epoch',
    expiresAt: now + 10 * minute,
    carried: {},
    ...parts,
  }
}

/** Text of every width in UTF-8 and some that careless code trips over. */
export const oddText: string = 'Zoë \u{1f469}\u200d\u{1f680} 漢字 \u{10348} "quoted" \\ \'%_; -- <b>\n\t\u202e'

/** JSON whose member names and values careless code trips over; parsed, so that `__proto__` is an ordinary member. */
export const oddMembers: NewUser['extra'] = JSON.parse(
  '{"__proto__":{"admin":true},"constructor":"x","":"empty name","deep":[[{"a":[null,true,1.5,-0.25,1e21]}]],"long":"\u{1f511}\\u0000\\u2028"}',
)
