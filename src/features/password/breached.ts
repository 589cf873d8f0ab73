/** A further password rule: passwords that leaked elsewhere, looked up without telling anybody which password it is. */
import { hash } from 'node:crypto'
import type { PasswordCheck } from '../../kernel/password-policy.ts'
import type { Phrase } from '../../model/locale.ts'

/** What may be set of the look-up. */
export interface BreachedPasswordsOptions {
  /** For a proxy or a test; the global one unless said otherwise. */
  readonly fetch?: typeof fetch
  /** Refuses what was seen this many times in leaks; 1 unless said otherwise. */
  readonly threshold?: number
  /** What to do with a password that cannot be looked up; `allow` unless said otherwise. */
  readonly whenUnavailable?: 'allow' | 'refuse'
  /** Where five hexadecimal digits are appended; for a mirror of one's own. */
  readonly url?: string
  /** In milliseconds; 2,000 unless said otherwise. */
  readonly timeoutMs?: number
}

const complaint: Phrase = ({ texts }) => texts['password.leaked']
const unavailable: Phrase = ({ texts }) => texts['password.unchecked']

/**
 * Refuses passwords known from leaks, by the range interface of Pwned Passwords (OWASP ASVS 5.0, 6.2.12): only the first 20 bits of the
 * password's SHA-1 leave the server, and padding hides from onlookers which range was answered. For `passwords.checks`.
 *
 * @throws Error when `threshold` is under 1, or `url` no https address or one of this machine
 */
export function breachedPasswords(options: BreachedPasswordsOptions = {}): PasswordCheck {
  const { threshold = 1, whenUnavailable = 'allow', url = 'https://api.pwnedpasswords.com/range/', timeoutMs = 2000 } = options
  if (!(threshold >= 1)) throw new Error('breachedPasswords: threshold must be at least 1.')
  if (!/^https:\/\/|^http:\/\/(localhost|127\.0\.0\.1|\[::1\])[:/]/.test(url))
    throw new Error('breachedPasswords: url must begin with https://.')

  async function readRange(prefix: string): Promise<string> {
    const call = options.fetch ?? fetch
    const response = await call(url + prefix, {
      headers: { 'Add-Padding': 'true' },
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    })
    if (!response.ok) throw new Error(`Pwned Passwords answered ${response.status}.`)
    return response.text()
  }

  return async (password) => {
    const digest = hash('sha1', password, 'hex').toUpperCase() // the interface is defined on SHA-1; nothing is protected by it here
    try {
      return countIn(await readRange(digest.slice(0, 5)), digest.slice(5)) >= threshold ? complaint : null
    } catch {
      return whenUnavailable === 'refuse' ? unavailable : null
    }
  }
}

/** How often a suffix was seen; entries that are padding say 0. */
function countIn(range: string, suffix: string): number {
  for (const line of range.split('\n')) {
    const [candidate, count] = line.trim().split(':')
    if (candidate?.toUpperCase() === suffix) return Number(count)
  }
  return 0
}
