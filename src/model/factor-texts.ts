/** The part of the catalogue that is about second factors. */

/** The texts. What takes values is a function of them. */
export interface FactorTexts {
  // authenticator applications
  readonly 'totp.label': string
  readonly 'totp.title': string
  readonly 'totp.none': string
  readonly 'totp.setup_link': string
  readonly 'totp.setup_title': string
  readonly 'totp.owed': string
  readonly 'totp.scan': string
  readonly 'totp.qr': string
  readonly 'totp.by_hand': string
  readonly 'totp.key': string
  readonly 'totp.open': string
  readonly 'totp.code': string
  readonly 'totp.code_hint': string
  readonly 'totp.name': string
  readonly 'totp.name_hint': string
  readonly 'totp.name_default': string
  readonly 'totp.confirm': string
  readonly 'totp.remove': string
  readonly 'totp.verify_title': string
  readonly 'totp.intro': string
  readonly 'totp.button': string
  readonly 'mail.totp.subject': (about: { readonly siteName: string }) => string
  readonly 'mail.totp.added': (about: { readonly siteName: string; readonly email: string }) => string
  readonly 'mail.totp.removed': (about: { readonly siteName: string; readonly email: string }) => string
  readonly 'mail.totp.reset': (about: { readonly siteName: string; readonly email: string }) => string

  // recovery codes
  readonly 'recovery_codes.label': string
  readonly 'recovery_codes.title': string
  readonly 'recovery_codes.keep': string
  readonly 'recovery_codes.copy': string
  readonly 'recovery_codes.copied': string
  readonly 'recovery_codes.download': string
  readonly 'recovery_codes.print': string
  readonly 'recovery_codes.kept': string
  readonly 'recovery_codes.left': (about: { readonly left: number }) => string
  readonly 'recovery_codes.effect': string
  readonly 'recovery_codes.button': string
  readonly 'recovery_codes.use_title': string
  readonly 'recovery_codes.intro': string
  readonly 'recovery_codes.code': string
  readonly 'mail.recovery_codes.subject': (about: { readonly siteName: string }) => string
  readonly 'mail.recovery_codes.used': (about: { readonly siteName: string; readonly email: string; readonly left: number }) => string
  readonly 'mail.recovery_codes.made': (about: { readonly siteName: string; readonly email: string }) => string
  readonly 'mail.recovery_codes.low': string

  // trusted devices
  readonly 'trusted_devices.wish': (about: { readonly days: number }) => string
  readonly 'trusted_devices.title': string
  readonly 'trusted_devices.intro': string
  readonly 'trusted_devices.none': string
}
