/** What the toolkit says in German about second factors. */
import type { FactorTexts } from '../model/factor-texts.ts'

/** These texts, by code. */
export const germanFactors: FactorTexts = {
  // authenticator applications
  'totp.label': 'Authenticator-App',
  'totp.title': 'Ihre Authenticator-Apps',
  'totp.none': 'Sie haben keine eingerichtet. Mit einer wird bei der Anmeldung außer dem Passwort ein Code verlangt.',
  'totp.setup_link': 'Eine einrichten',
  'totp.setup_title': 'Eine Authenticator-App einrichten',
  'totp.owed': 'Ihr Konto braucht einen zweiten Faktor. Sie sind angemeldet, sobald er eingerichtet ist.',
  'totp.scan': 'Scannen Sie dieses Bild mit Ihrer Authenticator-App und geben Sie dann den Code ein, den sie zeigt.',
  'totp.qr': 'QR-Code für Ihre Authenticator-App',
  'totp.by_hand': 'Ich kann es nicht scannen',
  'totp.key': 'Geben Sie diesen Schlüssel in die App ein:',
  'totp.open': 'Die App auf diesem Gerät öffnen',
  'totp.code': 'Code aus der App',
  'totp.code_hint': 'Jeder Code gilt einmal. Wurde einer verwendet oder abgelehnt, warten Sie auf den nächsten.',
  'totp.name': 'Name der App oder des Geräts',
  'totp.name_hint': 'Um sie von anderen zu unterscheiden. Sie können ihn weglassen.',
  'totp.name_default': 'Authenticator-App (ohne Namen)',
  'totp.confirm': 'Einrichten',
  'totp.remove': 'Entfernen',
  'totp.verify_title': 'Ihr Code',
  'totp.intro': 'Geben Sie den Code ein, den Ihre Authenticator-App jetzt zeigt.',
  'totp.button': 'Weiter',
  'mail.totp.subject': ({ siteName }) => `Ihr zweiter Faktor bei ${siteName} wurde geändert`,
  'mail.totp.added': ({ siteName, email }) => `Zu Ihrem Konto ${email} bei ${siteName} kam eine Authenticator-App hinzu.`,
  'mail.totp.removed': ({ siteName, email }) => `Von Ihrem Konto ${email} bei ${siteName} wurde eine Authenticator-App entfernt.`,
  'mail.totp.reset': ({ siteName, email }) =>
    `Der Zugang zu Ihrem Konto ${email} bei ${siteName} wurde von einem Betreiber zurückgesetzt: Sie sind überall abgemeldet, und Ihre Authenticator-Apps und Wiederherstellungscodes gelten nicht mehr. Wenn Sie nicht darum gebeten haben, sagen Sie uns Bescheid.`,

  // recovery codes
  'recovery_codes.label': 'Wiederherstellungscodes',
  'recovery_codes.title': 'Ihre Wiederherstellungscodes',
  'recovery_codes.keep':
    'Bewahren Sie diese Codes so auf, dass nur Sie sie finden, und nicht auf dem Gerät mit Ihrer Authenticator-App. Jeder meldet Sie einmal an, wenn Sie es verloren haben. Sie werden nur jetzt gezeigt.',
  'recovery_codes.copy': 'Kopieren',
  'recovery_codes.copied': 'Kopiert.',
  'recovery_codes.download': 'Als Datei herunterladen',
  'recovery_codes.print': 'Drucken',
  'recovery_codes.kept': 'Ich habe sie aufbewahrt',
  'recovery_codes.left': ({ left }) => `Noch übrige Codes: ${left}.`,
  'recovery_codes.effect': 'Neue Codes treten an die Stelle aller alten.',
  'recovery_codes.button': 'Neue Codes erzeugen',
  'recovery_codes.use_title': 'Einen Wiederherstellungscode verwenden',
  'recovery_codes.intro': 'Geben Sie einen der Codes ein, die Sie aufbewahrt haben. Er gilt einmal.',
  'recovery_codes.code': 'Wiederherstellungscode',
  'mail.recovery_codes.subject': ({ siteName }) => `Wiederherstellungscodes für ${siteName}`,
  'mail.recovery_codes.used': ({ siteName, email, left }) =>
    `Ein Wiederherstellungscode Ihres Kontos ${email} bei ${siteName} wurde verwendet. Noch übrige Codes: ${left}.`,
  'mail.recovery_codes.made': ({ siteName, email }) =>
    `Ihr Konto ${email} bei ${siteName} hat neue Wiederherstellungscodes. Frühere gelten nicht mehr.`,
  'mail.recovery_codes.low': 'Erzeugen Sie neue, bevor sie Ihnen ausgehen.',

  // trusted devices
  'trusted_devices.wish': ({ days }) => `Auf diesem Gerät ${days} ${days === 1 ? 'Tag' : 'Tage'} lang nicht nach dem zweiten Faktor fragen`,
  'trusted_devices.title': 'Vertraute Geräte',
  'trusted_devices.intro': 'Auf diesen Geräten wird nicht nach dem zweiten Faktor gefragt.',
  'trusted_devices.none': 'Auf jedem Gerät wird nach dem zweiten Faktor gefragt.',
}
