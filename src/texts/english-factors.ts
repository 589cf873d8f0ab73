/** What the toolkit says in English about second factors. */
import type { FactorTexts } from '../model/factor-texts.ts'

/** These texts, by code. */
export const englishFactors: FactorTexts = {
  // authenticator applications
  'totp.label': 'Authenticator app',
  'totp.title': 'Your authenticator apps',
  'totp.none': 'You have set up none. With one, logging in asks for a code besides the password.',
  'totp.setup_link': 'Set one up',
  'totp.setup_title': 'Set up an authenticator app',
  'totp.owed': 'Your account needs a second factor. You are logged in when you have set it up.',
  'totp.scan': 'Scan this picture with your authenticator app, then type the code that it shows.',
  'totp.qr': 'QR code for your authenticator app',
  'totp.by_hand': 'I cannot scan it',
  'totp.key': 'Type this key into the app:',
  'totp.open': 'Open the app on this device',
  'totp.code': 'Code',
  'totp.code_hint': 'Each code works once. If one was used or refused, wait for the next.',
  'totp.name': 'Name of the app or device',
  'totp.name_hint': 'To tell it from others. You may leave it empty.',
  'totp.name_default': 'Authenticator',
  'totp.confirm': 'Set up',
  'totp.remove': 'Remove',
  'totp.verify_title': 'Your code',
  'totp.intro': 'Type the code that your authenticator app shows now.',
  'totp.button': 'Go on',
  'mail.totp.subject': ({ siteName }) => `Your second factor for ${siteName} was changed`,
  'mail.totp.added': ({ siteName, email }) => `An authenticator app was added to your account ${email} at ${siteName}.`,
  'mail.totp.removed': ({ siteName, email }) => `An authenticator app was removed from your account ${email} at ${siteName}.`,
  'mail.totp.reset': ({ siteName, email }) =>
    `The access to your account ${email} at ${siteName} was reset by an operator: you are logged out everywhere, and your authenticator apps and recovery codes are gone. If you did not ask for this, tell us.`,

  // recovery codes
  'recovery_codes.label': 'Recovery codes',
  'recovery_codes.title': 'Your recovery codes',
  'recovery_codes.keep':
    'Keep these codes where only you find them, and not on the device that has your authenticator app. Each logs you in once when you have lost it. They are shown only now.',
  'recovery_codes.copy': 'Copy',
  'recovery_codes.copied': 'Copied.',
  'recovery_codes.download': 'Download as a file',
  'recovery_codes.print': 'Print',
  'recovery_codes.kept': 'I have kept them',
  'recovery_codes.left': ({ left }) => `Codes left: ${left}.`,
  'recovery_codes.effect': 'New codes take the place of all old ones.',
  'recovery_codes.button': 'Make new codes',
  'recovery_codes.use_title': 'Use a recovery code',
  'recovery_codes.intro': 'Type one of the codes that you have kept. It works once.',
  'recovery_codes.code': 'Recovery code',
  'mail.recovery_codes.subject': ({ siteName }) => `Recovery codes for ${siteName}`,
  'mail.recovery_codes.used': ({ siteName, email, left }) =>
    `A recovery code of your account ${email} at ${siteName} was used. Codes left: ${left}.`,
  'mail.recovery_codes.made': ({ siteName, email }) =>
    `Your account ${email} at ${siteName} has new recovery codes. Any old ones are void.`,
  'mail.recovery_codes.low': 'Make new ones before you run out of them.',

  // trusted devices
  'trusted_devices.wish': ({ days }) => `Do not ask for a second factor on this device for ${days} ${days === 1 ? 'day' : 'days'}`,
  'trusted_devices.title': 'Trusted devices',
  'trusted_devices.intro': 'On these devices the second factor is not asked for.',
  'trusted_devices.none': 'The second factor is asked for on every device.',
}
