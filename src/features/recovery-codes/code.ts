/** Recovery codes: 80 random bits each, shown once, kept as keyed hashes. */
import { fromBase32, toBase32 } from '../../crypto/encoding.ts'
import type { Ground } from '../../kernel/flow.ts'
import type { Proven, Step } from '../../kernel/step.ts'
import type { UserRecord } from '../../model/user.ts'

/** The label of their keyed hashes. */
const label = 'recovery code'
const count = 10
const bytes = 10

/** New codes as they are shown, and what is kept of them. */
export function makeCodes(ground: Ground, userId: string): { readonly codes: readonly string[]; readonly hashes: readonly string[] } {
  const plain = Array.from({ length: count }, () => toBase32(ground.random(bytes)))
  return {
    codes: plain.map((code) => code.replace(/.{4}(?=.)/g, '$&-')),
    hashes: plain.map((code) => ground.keyed(label, `${userId} ${code}`)),
  }
}

/** A typed code in the form it was made in: any case, dashes and spaces are nothing, and digits that no code has are the letters they look like. */
function readCode(typed: string): string | null {
  const text = typed.replace(/[\s\p{Pd}]+/gu, '').toUpperCase()
  const code = text.replaceAll('0', 'O').replaceAll('1', 'I').replaceAll('8', 'B')
  return fromBase32(code)?.byteLength === bytes ? code : null
}

/** Whether a code is one of these. */
export function isKept(ground: Ground, userId: string, code: string, hashes: readonly string[]): boolean {
  const plain = readCode(code)
  return plain !== null && hashes.some((kept) => ground.verifyKeyed(label, `${userId} ${plain}`, kept))
}

/** A right code is gone, in the write of whatever it is for. */
export async function verifyRecoveryCode(
  ground: Ground,
  { user }: UserRecord,
  typed: string,
): Promise<(Step & { readonly proven: Proven }) | null> {
  const code = readCode(typed)
  const hashes = await ground.reads.recoveryCodes.listOf(user.id)
  const hash = hashes.find((kept) => ground.verifyKeyed(label, `${user.id} ${code ?? ''}`, kept))
  if (code === null || hash === undefined) return null
  return {
    proven: { method: 'recovery_code' },
    changes: [{ kind: 'recoveryCodes.use', userId: user.id, hash }],
    events: [{ name: 'recovery_code.used', user, left: hashes.length - 1 }],
  }
}
