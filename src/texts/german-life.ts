/** What the toolkit says in German about an account's life. */
import type { LifeTexts } from '../model/life-texts.ts'

/** These texts, by code. */
export const germanLife: LifeTexts = {
  // staying logged in
  'remember.wish': 'Auf diesem Gerät angemeldet bleiben',
  'devices.title': 'Geräte, die angemeldet bleiben',
  'devices.link': 'Geräte, die angemeldet bleiben',
  'devices.intro': 'Auf diesen Geräten wird eine Weile nicht nach Ihrem Passwort gefragt.',
  'devices.none': 'Kein Gerät bleibt angemeldet.',
  'devices.until': 'Bis:',
  'devices.forget': 'Vergessen',

  // logins from new devices
  'not_me.title': 'Waren Sie das nicht?',
  'not_me.intro': ({ email }) =>
    `Wenn nicht Sie sich bei ${email} angemeldet haben, melden Sie jetzt alle Geräte ab. Das Passwort gilt dann nicht mehr.`,
  'not_me.button': 'Das war ich nicht',
  'not_me.done': 'Sie sind überall abgemeldet.',
  'not_me.mailed': 'Wir haben Ihnen eine E-Mail gesandt, mit der Sie ein neues Passwort wählen.',
  'mail.new_device.subject': ({ siteName }) => `Eine neue Anmeldung bei ${siteName}`,
  'mail.new_device.intro': ({ siteName, email }) =>
    `Jemand hat sich bei Ihrem Konto ${email} bei ${siteName} angemeldet, mit einem Gerät, das noch nicht benutzt wurde.`,
  'mail.new_device.not_you':
    'Wenn Sie das waren, ist nichts zu tun. Wenn nicht, folgen Sie diesem Link: Er meldet alle Geräte ab, und mit einer E-Mail wählen Sie ein neues Passwort.',
  'mail.disowned.subject': ({ siteName }) => `Ihr Konto bei ${siteName} ist überall abgemeldet`,
  'mail.disowned.intro': ({ siteName, email }) =>
    `Sie haben uns mitgeteilt, dass eine Anmeldung bei Ihrem Konto ${email} bei ${siteName} nicht von Ihnen war. Alle Geräte sind abgemeldet.`,
  'mail.disowned.choose': 'Das alte Passwort gilt nicht mehr. Wählen Sie ein neues:',
  'mail.disowned.log_in': 'Melden Sie sich dort wieder an, wo Sie es wollen.',

  // the end of an account
  'account.export_link': 'Ihre Daten herunterladen',
  'account.deactivate_title': 'Ihr Konto stilllegen',
  'account.deactivate_link': 'Ihr Konto stilllegen',
  'account.deactivate_effect':
    'Sie werden überall abgemeldet, und niemand kann sich mehr bei dem Konto anmelden, auch Sie nicht. Nur wir können es wieder in Gebrauch nehmen.',
  'account.deactivate_button': 'Stilllegen',
  'account.delete_title': 'Ihr Konto löschen',
  'account.delete_link': 'Ihr Konto löschen',
  'account.delete_effect': 'Sie werden überall abgemeldet. Später wird das Konto gelöscht, mit allem, was wir darüber gespeichert haben.',
  'account.delete_until': ({ time }) =>
    `Bis ${time} können Sie es sich anders überlegen: Melden Sie sich an, oder folgen Sie dem Link in der E-Mail, die wir Ihnen senden.`,
  'account.delete_button': 'Konto löschen',
  'account.restore_title': 'Ihr Konto behalten',
  'account.restore_intro': ({ email }) => `Ihr Konto ${email} soll gelöscht werden.`,
  'account.restore_button': 'Konto behalten',
  'account.restored': 'Ihr Konto bleibt bestehen. Sie können sich wieder anmelden.',
  'mail.deletion.subject': ({ siteName }) => `Ihr Konto bei ${siteName} wird gelöscht`,
  'mail.deletion.intro': ({ siteName, email, time }) =>
    `Ihr Konto ${email} bei ${siteName} wird am ${time} gelöscht, weil Sie darum gebeten haben.`,
  'mail.deletion.undo': 'Wenn Sie es behalten wollen, melden Sie sich vorher an, oder folgen Sie diesem Link:',
  'mail.restored.subject': ({ siteName }) => `Ihr Konto bei ${siteName} bleibt bestehen`,
  'mail.restored.intro': ({ siteName, email }) => `Ihr Konto ${email} bei ${siteName} wird nicht gelöscht.`,
  'mail.deleted.subject': ({ siteName }) => `Ihr Konto bei ${siteName} ist gelöscht`,
  'mail.deleted.intro': ({ siteName, email }) => `Das Konto ${email} bei ${siteName} ist gelöscht, mit allem, was darüber gespeichert war.`,
  'mail.deactivated.subject': ({ siteName }) => `Ihr Konto bei ${siteName} ist stillgelegt`,
  'mail.deactivated.intro': ({ siteName, email }) =>
    `Ihr Konto ${email} bei ${siteName} ist jetzt stillgelegt. Wenn Sie das nicht waren, teilen Sie es uns mit.`,

  // what happened
  'history.title': 'Was mit Ihrem Konto geschah',
  'history.link': 'Was mit Ihrem Konto geschah',
  'history.intro': 'Das Neueste steht oben.',
  'history.none': 'Es ist nichts verzeichnet.',
  'history.older': 'Ältere Ereignisse',
  'history.bad_cursor': 'Folgen Sie dem Link einer Seite zu dem, was davor war.',
  'history.user.registered': 'Konto angelegt',
  'history.registration.requested': 'Registrierung mit dieser Adresse angefragt',
  'history.user.created': 'Konto für Sie angelegt',
  'history.user.logged_in': 'Angemeldet',
  'history.user.logged_out': 'Abgemeldet',
  'history.user.factor_owed': 'Erster Schritt einer Anmeldung',
  'history.user.reauthenticated': 'Bestätigt, dass Sie es sind',
  'history.user.authentication_failed': 'Anmeldung mit falschem Geheimnis',
  'history.user.throttled': 'Anmeldung nach zu vielen Versuchen abgelehnt',
  'history.user.invited': 'Eingeladen',
  'history.user.activated': 'Konto in Gebrauch genommen',
  'history.user.deactivated': 'Konto stillgelegt',
  'history.user.unlocked': 'Fehlversuche vergessen',
  'history.user.deleted': 'Konto gelöscht',
  'history.user.deletion_requested': 'Löschung des Kontos angefragt',
  'history.user.deletion_called_off': 'Löschung des Kontos abgesagt',
  'history.user.login_disowned': 'Eine Anmeldung war nicht von Ihnen',
  'history.password.changed': 'Passwort geändert',
  'history.password.set': 'Passwort festgelegt',
  'history.password.reset_requested': 'Neues Passwort angefragt',
  'history.password.reset': 'Neues Passwort per E-Mail gewählt',
  'history.password.removed': 'Passwort entfernt',
  'history.password.rehashed': 'Passwort besser gespeichert',
  'history.magic_link.requested': 'Anmeldung per E-Mail angefragt',
  'history.email.verified': 'Adresse bestätigt',
  'history.email.change_requested': 'Änderung der Adresse angefragt',
  'history.email.changed': 'Adresse geändert',
  'history.email.change_undone': 'Änderung der Adresse zurückgenommen',
  'history.username.changed': 'Benutzername geändert',
  'history.username.recovery_requested': 'Benutzername per E-Mail angefragt',
  'history.sessions.ended': 'Auf anderen Geräten abgemeldet',
  'history.device.remembered': 'Ein Gerät bleibt angemeldet',
  'history.device.forgotten': 'Ein Gerät bleibt nicht mehr angemeldet',
  'history.device.token_reused': 'Eine Kopie einer gemerkten Anmeldung wurde benutzt',
  'history.roles.changed': 'Rollen geändert',
  'history.mail.sent': 'E-Mail gesandt',
  'history.mail.failed': 'E-Mail konnte nicht gesandt werden',
  'history.access.reset': 'Zugang zurückgesetzt',
  'history.authorization.denied': 'Zugriff verweigert',
  'history.request.refused': 'Anfrage abgelehnt',
}
