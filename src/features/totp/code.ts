/** Judging a code by the authenticators of a user. */
import type { Ground } from '../../kernel/flow.ts'
import type { Proven, Step } from '../../kernel/step.ts'
import type { Authenticator } from '../../model/second-factor.ts'
import type { UserRecord } from '../../model/user.ts'
import { fromBase32, matchTotp } from '../../protocols/totp.ts'

/** The label of its seals. */
const sealing = 'totp secret'

/** A seal is bound to the row, so that nobody who can write to the table moves a secret to another account. */
export function sealSecret(ground: Ground, { id, userId }: Pick<Authenticator, 'id' | 'userId'>, secret: string): string {
  return ground.seal(sealing, JSON.stringify([userId, id]), secret)
}

/** A right code spends its step and all before it, in the write of whatever it is for. */
export async function verifyCode(ground: Ground, { user }: UserRecord, code: string): Promise<(Step & { readonly proven: Proven }) | null> {
  let right: (Step & { readonly proven: Proven }) | null = null
  for (const authenticator of await ground.reads.totp.listOf(user.id)) {
    const { id, userId, secret: sealed, step: spentStep, algorithm, digits, period } = authenticator
    const text = ground.unseal(sealing, JSON.stringify([userId, id]), sealed)
    const secret = typeof text === 'string' ? fromBase32(text) : null
    const step = secret && matchTotp({ secret, code, now: ground.now, spentStep, algorithm, digits, period })
    if (step !== null && right === null)
      right = { proven: { method: 'totp' }, changes: [{ kind: 'totp.advance', userId, id, step, now: ground.now }] }
  }
  return right
}
