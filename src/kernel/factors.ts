/** Counting factors: what a proof is worth, whether a second one was proven, and what a user still owes. Pure but for reads. */
import { AuthError } from '../model/error.ts'
import type { Proof } from '../model/session.ts'
import type { UserRecord } from '../model/user.ts'
import type { ProofKind } from './feature.ts'
import type { Kernel } from './kernel.ts'
import type { Proven } from './step.ts'

/** In which role something is proven: the start of a login, an answer to a debt, or again in a live session. */
export type Role = 'first' | 'second' | 'again'

/**
 * Makes the proof of what a feature says was proven; its channel and role are the door's word.
 *
 * @throws Error when the kind may not be proven in this role: a mistake in the feature
 */
export function makeProof(kernel: Pick<Kernel, 'proofKinds'>, proven: Proven, role: Role, at: number): Proof {
  const kind = kernel.proofKinds.get(proven.method)
  if (!kind) throw new Error(`No feature has proofs of the method "${proven.method}".`)
  const fits =
    kind.as.includes(role) || (role === 'second' && kind.as.includes('backup')) || (role === 'again' && kind.as.includes('second'))
  if (!fits) throw new Error(`A proof by "${proven.method}" may not be used as ${role}.`)
  const countsAsSecond = role === 'second' || (role === 'again' && kind.as.includes('second'))
  return {
    method: proven.method,
    channel: kind.channel,
    as: countsAsSecond ? 'second' : 'first',
    factors: proven.factors ?? 1,
    at,
    fresh: !kind.neverFresh,
    phishingResistant: proven.phishingResistant === true,
  }
}

/** A proof by the application's own login, which no feature describes. */
export function foreignProof(method: string, factors: 1 | 2, at: number): Proof {
  return { method, channel: method, as: 'first', factors, at, fresh: true, phishingResistant: false }
}

/** Adds a proof; of each method and role the latest stays. */
export function addProof(proofs: readonly Proof[], proof: Proof): readonly Proof[] {
  return [...proofs.filter((earlier) => earlier.method !== proof.method || earlier.as !== proof.as), proof]
}

/** Whether a proof is of a second factor, alone or with a first one. */
export function isOfSecond(proof: Proof): boolean {
  return proof.as === 'second' || proof.factors === 2
}

/** Whether two factors were proven: by one proof that is two, or by a second of another channel than a first. */
export function provedSecond(proofs: readonly Proof[]): boolean {
  if (proofs.some((proof) => proof.factors === 2)) return true
  const firsts = proofs.filter((proof) => proof.as === 'first')
  return proofs.some((proof) => proof.as === 'second' && firsts.some((first) => first.channel !== proof.channel))
}

/** What stands between these proofs and a session. */
export async function debtOf(kernel: Kernel, record: UserRecord, proofs: readonly Proof[]): Promise<'none' | 'owed' | 'setup'> {
  if (provedSecond(proofs)) return 'none'
  if (await holdsSecond(kernel, record)) return 'owed'
  return kernel.settings.requireSecondFactor(record.user) ? 'setup' : 'none'
}

/** Whether the user has anything that counts as a second factor; backups make no debt. */
export async function holdsSecond(kernel: Kernel, record: UserRecord, exceptMethod: string | null = null): Promise<boolean> {
  for (const kind of kernel.proofKinds.values()) {
    if (kind.method === exceptMethod || !kind.as.includes('second')) continue
    if (await kind.has(kernel.store.reads, record, 'second', kernel.clock())) return true
  }
  return false
}

/** The kinds that would answer a debt after these proofs, or prove the user again. */
export async function kindsFor(
  kernel: Kernel,
  record: UserRecord,
  as: 'second' | 'again',
  proofs: readonly Proof[],
): Promise<readonly ProofKind[]> {
  const channels = new Set(proofs.filter((proof) => as === 'second' && proof.as === 'first').map((proof) => proof.channel))
  const kinds: ProofKind[] = []
  for (const kind of kernel.proofKinds.values()) {
    const role = kind.as.find((candidate) => candidate === as || candidate === (as === 'second' ? 'backup' : 'second'))
    if (role && !channels.has(kind.channel) && (await kind.has(kernel.store.reads, record, role, kernel.clock()))) kinds.push(kind)
  }
  if (as === 'second') return latestFirst(kernel, record, kinds)
  const seconds = secondsAfter(kinds, proofs)
  if (seconds.length === 0) return kinds
  // Who was excused from the second factor gives that one: the first again would not do where it matters.
  return provedSecond(proofs) ? [...seconds, ...kinds.filter((kind) => !seconds.includes(kind))] : seconds
}

/** Of kinds that a user has, those that would be a second factor beside these proofs; a backup stands for one that there is. */
export function secondsAfter(kinds: readonly ProofKind[], proofs: readonly Proof[]): readonly ProofKind[] {
  const firsts = new Set(proofs.filter((proof) => proof.as === 'first').map((proof) => proof.channel))
  const others = kinds.filter(({ channel }) => !firsts.has(channel))
  if (!others.some(({ as }) => as.includes('second'))) return []
  return others.filter(({ as }) => as.includes('second') || as.includes('backup'))
}

/** In which role a session's user proves something again: a backup stands for the second factor that there is, as it does at a login. */
export async function roleAgain(kernel: Kernel, record: UserRecord, method: string): Promise<Role> {
  return kindOf(kernel, method).as.includes('backup') && (await holdsSecond(kernel, record)) ? 'second' : 'again'
}

async function latestFirst(kernel: Kernel, record: UserRecord, kinds: readonly ProofKind[]): Promise<readonly ProofKind[]> {
  const used = await Promise.all(kinds.map(async (kind) => ({ kind, at: (await kind.usedAt?.(kernel.store.reads, record)) ?? 0 })))
  return used.sort((a, b) => b.at - a.at).map(({ kind }) => kind)
}

/** The kind of proof of a method. @throws AuthError `not_found` when there is none */
export function kindOf(kernel: Pick<Kernel, 'proofKinds'>, method: string): ProofKind {
  const kind = kernel.proofKinds.get(method)
  if (!kind) throw new AuthError('not_found', { cause: `no feature has proofs of the method ${method}` })
  return kind
}
