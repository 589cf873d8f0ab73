/** What every part of `totp()` works with. */
import type { TotpParameters } from '../../protocols/totp.ts'

/** The options with defaults, checked. */
export interface TotpSettings extends Required<TotpParameters> {
  readonly issuer: string
  /** How many authenticators a user may have. */
  readonly most: number
}
