/** What the toolkit says in German, with the polite form of address. */
import type { Texts } from '../model/texts.ts'

const advice = 'Gut ist ein Passwort aus mehreren Wörtern, die nichts miteinander zu tun haben.'

/** The German texts. */
export const german: Texts = {
  'error.malformed_request': 'Die Anfrage konnte nicht gelesen werden.',
  'error.invalid_fields': 'Bitte prüfen Sie Ihre Eingaben.',
  'error.invalid_next': 'Die Seite, zu der es zurückgehen soll, gehört nicht zu dieser Website.',
  'error.link_invalid': 'Dieser Link ist abgelaufen oder wurde schon benutzt.',
  'error.challenge_expired': 'Das hat zu lange gedauert. Bitte beginnen Sie noch einmal.',
  'error.unauthenticated': 'Bitte melden Sie sich an.',
  'error.invalid_credentials': 'Diese Angaben passen zu keinem Konto, das sich hier anmelden darf.',
  'error.reauthentication_required': 'Bitte bestätigen Sie, dass Sie es sind.',
  'error.cross_site_request': 'Diese Anfrage kam nicht von dieser Website. Bitte laden Sie die Seite neu und versuchen Sie es noch einmal.',
  'error.forbidden': 'Dazu sind Sie nicht berechtigt.',
  'error.not_found': 'Hier ist nichts zu finden.',
  'error.method_not_allowed': 'Das geht hier auf diese Weise nicht.',
  'error.already_logged_in': 'Sie sind schon angemeldet.',
  'error.email_taken': 'Zu dieser E-Mail-Adresse gibt es schon ein Konto.',
  'error.username_taken': 'Dieser Benutzername ist vergeben.',
  'error.conflict': 'Inzwischen hat sich etwas geändert. Bitte versuchen Sie es noch einmal.',
  'error.payload_too_large': 'Die Anfrage ist zu groß.',
  'error.unsupported_media_type': 'Bitte senden Sie dies als Formular oder als JSON.',
  'error.password_required': 'Bitte geben Sie das Passwort an, das bei der Registrierung gewählt wurde.',
  'error.too_many_attempts': 'Zu viele Versuche. Bitte warten Sie eine Weile.',
  'error.internal_error': 'Etwas ist schiefgegangen. Bitte versuchen Sie es später noch einmal.',
  'error.overloaded': 'Der Server ist ausgelastet. Bitte versuchen Sie es gleich noch einmal.',
  'error.unavailable': 'Der Dienst ist gerade nicht verfügbar. Bitte versuchen Sie es gleich noch einmal.',

  'layout.logged_in_as': 'Angemeldet als',
  'layout.account_menu': 'Ihr Konto',

  'refusal.forbidden': 'Nicht erlaubt',
  'refusal.not_found': 'Nicht gefunden',
  'refusal.wait': 'Bitte warten',
  'refusal.failed': 'Etwas ist schiefgegangen',
  'refusal.other': 'Das hat nicht geklappt',
  'refusal.code': 'Code:',
  'refusal.back': 'Zur Startseite',

  'field.email': 'E-Mail-Adresse',
  'field.email_example': 'Eine Adresse wie name@example.com',
  'field.password': 'Passwort',
  'field.optional': '(freiwillig)',
  'field.show': 'Zeigen',
  'field.hide': 'Verbergen',
  'field.caps_lock': 'Die Feststelltaste ist an.',
  'field.required': 'Diese Angabe fehlt.',
  'field.wrong': 'Das stimmt nicht.',
  'field.one_of_these': 'Bitte füllen Sie eines dieser Felder aus.',
  'field.not_an_address': 'Das ist keine E-Mail-Adresse.',
  'field.given_twice': 'Dies wurde mehr als einmal angegeben.',
  'field.not_a_text': 'Dies muss ein Text sein.',
  'field.too_long': ({ most }) => `Dies darf höchstens ${most} Zeichen lang sein.`,
  'field.bad_characters': 'Dies enthält Zeichen, die nicht erlaubt sind.',
  'field.not_a_flag': 'Dies muss true oder false sein.',
  'field.not_a_list': 'Dies muss eine Liste von Texten sein.',
  'field.too_many': ({ most }) => `Dies darf höchstens ${most} Einträge haben.`,
  'field.not_json': 'Dies muss JSON sein.',
  'field.too_deep': 'Dies ist zu tief verschachtelt.',
  'field.unkept': 'Dies kann hier nicht gespeichert werden.',

  'password.hint': ({ least }) => `Mindestens ${least} Zeichen. Mehrere Wörter hintereinander lassen sich leicht merken.`,
  'password.too_short': ({ least }) => `Nehmen Sie mindestens ${least} Zeichen. ${advice}`,
  'password.too_long': ({ most }) => `Nehmen Sie höchstens ${most} Zeichen.`,
  'password.too_many_bytes': ({ most }) =>
    `Das ist zu lang: Höchstens ${most} Bytes können gespeichert werden, das sind ${most} einfache Buchstaben und weniger andere.`,
  'password.bad_characters': 'Dies enthält Zeichen, die nicht gespeichert werden können.',
  'password.only_spaces': `Nehmen Sie mehr als Leerzeichen. ${advice}`,
  'password.pattern': `Das wiederholt sich oder folgt der Tastatur oder dem Alphabet und wird schnell erraten. ${advice}`,
  'password.common': `Das ist ein häufiges Passwort oder besteht aus häufigen, und die werden zuerst geraten. ${advice}`,
  'password.context': `Das ist Ihrer E-Mail-Adresse, Ihrem Benutzernamen oder dem Namen dieser Website zu ähnlich. ${advice}`,
  'password.guessable': ({ reason }) =>
    `Das wäre zu schnell erraten.${reason && ` ${reason}`} Fügen Sie weitere Wörter hinzu, die nichts miteinander zu tun haben.`,
  'password.leaked':
    'Dieses Passwort ist aus einem Datenleck bekannt und steht auf den Listen von Angreifern. Wählen Sie eines, das Sie nirgends sonst benutzen.',
  'password.unchecked': 'Passwörter können gerade nicht geprüft werden. Bitte versuchen Sie es gleich noch einmal.',
  'password.same': 'Das neue Passwort ist dasselbe wie das alte.',

  'login.title': 'Anmelden',
  'login.link': 'Anmelden',
  'login.button': 'Anmelden',

  'change_password.title': 'Passwort ändern',
  'change_password.link': 'Passwort ändern',
  'change_password.effect': 'Hier bleiben Sie angemeldet. Überall sonst werden Sie abgemeldet.',
  'change_password.current': 'Bisheriges Passwort',
  'change_password.new': 'Neues Passwort',
  'change_password.change': 'Passwort ändern',
  'change_password.set': 'Passwort festlegen',

  'forgot_password.title': 'Passwort vergessen?',
  'forgot_password.link': 'Passwort vergessen?',
  'forgot_password.intro': 'Geben Sie die Adresse Ihres Kontos an. Wir schicken Ihnen einen Link, mit dem Sie ein neues Passwort wählen.',
  'forgot_password.button': 'Link zuschicken',
  'forgot_password.sent':
    'Wenn es ein Konto mit dieser Adresse gibt, ist eine E-Mail mit einem Link unterwegs. Das kann eine Minute dauern; sehen Sie auch bei den unerwünschten Mails nach.',
  'reset_password.title': 'Neues Passwort wählen',
  'reset_password.effect': 'Überall, wo Sie angemeldet sind, werden Sie abgemeldet. Melden Sie sich danach mit dem neuen Passwort an.',

  'mail.good_for': ({ seconds }) => `Der Link funktioniert einmal, innerhalb von ${duration(seconds)}.`,
  'mail.not_asked': 'Wenn Sie nicht darum gebeten haben, brauchen Sie nichts zu tun: Es hat sich nichts geändert.',
  'mail.when': 'Wann',
  'mail.from': 'Von',
  'mail.with': 'Mit',
  'mail.reset.subject': ({ siteName }) => `Neues Passwort für ${siteName} wählen`,
  'mail.reset.intro': ({ siteName, email }) =>
    `Jemand, wahrscheinlich Sie, hat um ein neues Passwort für das Konto ${email} bei ${siteName} gebeten.`,
  'mail.reset.button': 'Neues Passwort wählen',
  'mail.invitation.subject': ({ siteName }) => `Ihr Konto bei ${siteName}`,
  'mail.invitation.intro': ({ siteName, email }) =>
    `Für Sie wurde bei ${siteName} ein Konto mit der Adresse ${email} angelegt. Wählen Sie ein Passwort, um es zu benutzen.`,
  'mail.invitation.button': 'Passwort wählen',
  'mail.password.subject': ({ siteName }) => `Ihr Passwort für ${siteName} wurde geändert`,
  'mail.password.changed': ({ email }) => `Das Passwort Ihres Kontos ${email} wurde geändert.`,
  'mail.password.set': ({ email }) => `Ihr Konto ${email} hat jetzt ein Passwort.`,
  'mail.password.by_operator': ({ email }) => `Das Passwort Ihres Kontos ${email} wurde von einem Betreiber geändert.`,
  'mail.password.not_you':
    'Wenn Sie das nicht waren, ist jemand in Ihr Konto oder Ihr Postfach gelangt: Wählen Sie jetzt ein neues Passwort, über „Passwort vergessen?“ bei der Anmeldung, und sagen Sie uns Bescheid.',

  'register.title': 'Konto anlegen',
  'register.link': 'Konto anlegen',
  'register.button': 'Konto anlegen',
  'register.password_again': 'Passwort, noch einmal',
  'register.not_the_same': 'Das ist nicht dasselbe Passwort.',

  'confirm_email.title': 'E-Mail-Adresse bestätigen',
  'confirm_email.intro': ({ email }) => `Bestätigen Sie, dass ${email} Ihre Adresse ist. Dann wird Ihr Konto angelegt.`,
  'confirm_email.elsewhere': ({ email }) =>
    `Für ${email} soll ein Konto angelegt werden. Geben Sie das Passwort an, das dafür gewählt wurde, um zu zeigen, dass Sie sich registriert haben.`,
  'confirm_email.button': 'Bestätigen',
  'confirm_email.not_mine': 'Dieses Passwort habe ich nicht gewählt',
  'confirm_email.not_mine_effect':
    'Wenn Sie sich hier nicht registriert haben, hat jemand anderes Ihre Adresse angegeben. Diese Angaben werden verworfen, und Sie können sich neu registrieren.',
  'resend_confirmation.title': 'E-Mail-Adresse bestätigen',
  'resend_confirmation.link': 'Keine E-Mail zur Bestätigung bekommen?',
  'resend_confirmation.intro':
    'Ist keine E-Mail gekommen? In dem Browser, in dem Sie sich registriert haben, schicken wir Ihnen noch eine.',
  'resend_confirmation.button': 'Noch eine E-Mail schicken',
  'resend_confirmation.registered':
    'Fast fertig: Eine E-Mail ist zu Ihnen unterwegs. Öffnen Sie den Link darin, um die Registrierung abzuschließen. Das kann eine Minute dauern; sehen Sie auch bei den unerwünschten Mails nach.',
  'resend_confirmation.sent':
    'Wenn Sie sich in diesem Browser mit dieser Adresse registriert haben, ist noch eine E-Mail mit einem Link unterwegs.',
  'mail.confirm.subject': ({ siteName }) => `Ihre Adresse für ${siteName} bestätigen`,
  'mail.confirm.intro': ({ siteName, email }) =>
    `Jemand, wahrscheinlich Sie, hat sich bei ${siteName} mit der Adresse ${email} registriert. Bestätigen Sie sie, um Ihr Konto zu bekommen.`,
  'mail.confirm.button': 'Adresse bestätigen',
  'mail.confirm.not_you': 'Wenn Sie sich nicht registriert haben, brauchen Sie nichts zu tun: Es wird kein Konto angelegt.',
  'mail.taken.subject': ({ siteName }) => `Sie haben schon ein Konto bei ${siteName}`,
  'mail.taken.intro': ({ siteName, email }) =>
    `Jemand, wahrscheinlich Sie, wollte sich bei ${siteName} mit der Adresse ${email} registrieren. Zu dieser Adresse gibt es schon ein Konto.`,
  'mail.taken.log_in': 'Wenn Sie das waren, melden Sie sich einfach an.',
  'mail.taken.forgot':
    'Wenn Sie das waren, melden Sie sich einfach an. Wenn Sie Ihr Passwort nicht mehr wissen, hilft „Passwort vergessen?“ bei der Anmeldung.',
  'mail.taken.not_you':
    'Wenn es jemand anderes war, brauchen Sie nichts zu tun: Es hat sich nichts geändert, und von Ihrem Konto wurde nichts verraten.',

  'sessions.title': 'Wo Sie angemeldet sind',
  'sessions.link': 'Wo Sie angemeldet sind',
  'sessions.this_device': 'Dieses Gerät',
  'sessions.last_used': 'Zuletzt benutzt:',
  'sessions.since': 'Angemeldet seit:',
  'sessions.from': 'Von:',
  'sessions.end': 'Abmelden',
  'sessions.end_others': 'Überall sonst abmelden',
  'sessions.no_others': 'Sonst sind Sie nirgends angemeldet.',
  'sessions.one_or_others': 'Geben Sie die id einer Sitzung an, oder others.',
  'device.on': ({ browser, system }) => `${browser} auf ${system}`,
  'device.unknown': 'Unbekanntes Gerät',
  'verify.title': 'Bestätigen Sie, dass Sie es sind',
  'verify.intro': 'Bevor es weitergeht, zeigen Sie bitte noch einmal, dass dies Ihr Konto ist.',
  'verify.button': 'Bestätigen',
  'verify.instead': ({ method }) => `Stattdessen: ${method}`,
  'verify.log_in_again': 'Bevor es weitergeht, melden Sie sich bitte noch einmal an, um zu zeigen, dass dies Ihr Konto ist.',
  'verify.log_in_again_button': 'Noch einmal anmelden',
  'logout.title': 'Abmelden',
  'logout.link': 'Abmelden',
  'logout.effect': 'Sie werden in diesem Browser abgemeldet.',
  'logout.button': 'Abmelden',
  'second_factor.title': 'Noch ein Schritt',
  'second_factor.intro': 'Ihr Konto ist durch einen zweiten Schritt geschützt. Wählen Sie eine Möglichkeit.',

  'language.title': 'Sprache',
  'language.link': 'Sprache',
  'language.current': 'Diese Seite',
  'language.choose': 'Wählen',
  'language.unknown': 'Diese Sprache wird nicht angeboten.',

  'role.bad_name': 'Ein Rollenname besteht aus höchstens 63 Buchstaben, Ziffern, Leerzeichen und . : _ -.',
}

/** `30 Minuten`, `einer Stunde`, `7 Tagen`. */
function duration(seconds: number): string {
  if (seconds % 86_400 === 0) return seconds === 86_400 ? 'einem Tag' : `${seconds / 86_400} Tagen`
  if (seconds % 3600 === 0) return seconds === 3600 ? 'einer Stunde' : `${seconds / 3600} Stunden`
  return seconds <= 60 ? 'einer Minute' : `${Math.ceil(seconds / 60)} Minuten`
}
