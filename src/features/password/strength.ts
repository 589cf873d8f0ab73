/** A further password rule: an estimate of how many guesses a password would take, by zxcvbn. */
import type { PasswordCheck } from '../../kernel/password-policy.ts'
import type { Phrase } from '../../model/locale.ts'

/** What is used of an instance of `ZxcvbnFactory`. */
export interface Zxcvbn {
  checkAsync(
    password: string,
    userInputs?: (string | number)[],
  ): Promise<{
    readonly score: number
    readonly feedback: { readonly warning: string | null }
  }>
}

/** What may be set of the estimate. */
export interface ZxcvbnStrengthOptions {
  /** Least score: 3 is "safely unguessable" with a slow hash, 4 "very unguessable"; 3 unless said otherwise. */
  readonly minimum?: 1 | 2 | 3 | 4
  /**
   * An own `new ZxcvbnFactory({ dictionary, graphs, translations })` of `@zxcvbn-ts/core`, with the dictionaries of the users' language.
   * Without it one is made that knows common passwords only.
   */
  readonly zxcvbn?: Zxcvbn
}

/** zxcvbn's time grows faster than the length, and whoever reached this many characters is past its scale. */
const judgedCharacters = 64

/**
 * Refuses passwords that zxcvbn scores too low; the e-mail address and the username count as known to the attacker.
 * For `passwords.checks`. Needs the package `@zxcvbn-ts/core`, loaded at the first new password.
 *
 * @throws Error when `minimum` is not 1 to 4
 */
export function zxcvbnStrength(options: ZxcvbnStrengthOptions = {}): PasswordCheck {
  const { minimum = 3 } = options
  if (![1, 2, 3, 4].includes(minimum)) throw new Error('zxcvbnStrength: minimum must be 1, 2, 3 or 4.')
  let zxcvbn: Zxcvbn | undefined = options.zxcvbn

  return async (password, about) => {
    zxcvbn ??= await loadZxcvbn()
    const userInputs = [about.email, ...about.email.split(/[^\p{L}\p{N}]+/u), about.username ?? ''].filter((text) => text !== '')
    const { score, feedback } = await zxcvbn.checkAsync(password.slice(0, judgedCharacters), userInputs)
    return score >= minimum ? null : complain(feedback.warning)
  }
}

async function loadZxcvbn(): Promise<Zxcvbn> {
  try {
    const { ZxcvbnFactory } = await import('@zxcvbn-ts/core')
    const { commonPasswords } = await import('../../kernel/common-passwords.ts')
    return new ZxcvbnFactory({ dictionary: { passwords: [...commonPasswords()] } })
  } catch (cause) {
    throw new Error('zxcvbnStrength needs the package @zxcvbn-ts/core: run "npm install @zxcvbn-ts/core".', { cause })
  }
}

/** A warning without a space is the key of a translation that is missing, no sentence. */
function complain(warning: string | null): Phrase {
  const reason = warning?.includes(' ') ? warning.replace(/\.?$/, '.') : ''
  return ({ texts }) => texts['password.guessable']({ reason })
}
