/** What the toolkit says in German, with the polite form of address. */
import type { Texts } from '../model/texts.ts'
import { germanFactors } from './german-factors.ts'
import { germanLife } from './german-life.ts'

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
  'error.other_browser': 'Bitte öffnen Sie diesen Link in dem Browser, in dem Sie ihn angefordert haben.',
  'error.forbidden': 'Dazu sind Sie nicht berechtigt.',
  'error.not_found': 'Hier ist nichts zu finden.',
  'error.method_not_allowed': 'Das geht hier auf diese Weise nicht.',
  'error.already_logged_in': 'Sie sind schon angemeldet.',
  'error.email_taken': 'Zu dieser E-Mail-Adresse gibt es schon ein Konto.',
  'error.username_taken': 'Dieser Benutzername ist vergeben.',
  'error.limit_reached': 'Mehr davon kann es nicht geben. Entfernen Sie zuerst eines.',
  'error.last_factor': 'Ihr Konto muss dieses behalten. Fügen Sie zuerst ein anderes hinzu.',
  'error.conflict': 'Inzwischen hat sich etwas geändert. Bitte versuchen Sie es noch einmal.',
  'error.payload_too_large': 'Die Anfrage ist zu groß.',
  'error.unsupported_media_type': 'Bitte senden Sie dies als Formular oder als JSON.',
  'error.password_required': 'Bitte geben Sie das Passwort an, das Sie bei der Registrierung gewählt haben.',
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
  'field.username': 'Benutzername',
  'field.or': 'oder',
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

  'mail.password.removed': ({ email }) =>
    `Sie haben zum ersten Mal gezeigt, dass die Adresse ${email} Ihnen gehört. Das bisherige Passwort des Kontos wurde entfernt, da es von jemand anderem stammen kann. Wählen Sie dort, wo Sie angemeldet sind, ein neues.`,
  'mail.confirm.subject': ({ siteName }) => `Bestätigen Sie Ihre Adresse für ${siteName}`,
  'mail.confirm.intro': ({ siteName, email }) => `Jemand, vermutlich Sie, legt bei ${siteName} ein Konto mit der Adresse ${email} an.`,
  'mail.confirm.not_asked': 'Wenn Sie das nicht waren, brauchen Sie nichts zu tun: Es entsteht kein Konto.',
  'mail.taken.subject': ({ siteName }) => `Sie haben ein Konto bei ${siteName}`,
  'mail.taken.intro': ({ siteName, email }) =>
    `Jemand, vermutlich Sie, wollte bei ${siteName} ein Konto mit der Adresse ${email} anlegen. Sie haben schon eines: Melden Sie sich einfach an.`,
  'mail.taken.forgotten':
    'Wenn Sie das Passwort vergessen haben, wählen Sie über den Link „Passwort vergessen?“ bei der Anmeldung ein neues.',
  'mail.magic_link.subject': ({ siteName }) => `Anmelden bei ${siteName}`,
  'mail.magic_link.intro': ({ siteName, email }) => `Jemand, vermutlich Sie, möchte sich beim Konto ${email} bei ${siteName} anmelden.`,
  'mail.magic_link.or_code': 'Oder geben Sie diesen Code dort ein, wo Sie die Anmeldung begonnen haben. Geben Sie ihn an niemanden weiter:',
  'mail.magic_link.not_asked': 'Wenn Sie das nicht waren, brauchen Sie nichts zu tun: Ohne diese E-Mail kommt niemand hinein.',
  'mail.change_email.subject': ({ siteName }) => `Ihre neue Adresse für ${siteName}`,
  'mail.change_email.intro': ({ siteName, email }) =>
    `Jemand, vermutlich Sie, möchte die Adresse ${email} von jetzt an für ein Konto bei ${siteName} verwenden.`,
  'mail.email_changed.subject': ({ siteName }) => `Ihre Adresse für ${siteName} wurde geändert`,
  'mail.email_changed.intro': ({ siteName, email }) => `Ihr Konto bei ${siteName} hat jetzt die Adresse ${email} statt dieser.`,
  'mail.email_changed.not_you':
    'Wenn Sie das nicht waren, machen Sie es rückgängig: Ihr Konto bekommt diese Adresse zurück, alle werden abgemeldet, und Sie wählen ein neues Passwort.',
  'mail.email_undone.subject': ({ siteName }) => `Die Änderung Ihrer Adresse für ${siteName} wurde zurückgenommen`,
  'mail.email_undone.intro': ({ siteName, email }) =>
    `Das Konto bei ${siteName}, das diese Adresse hatte, hat wieder die Adresse ${email}: Von dort wurde die Änderung zurückgenommen.`,
  'mail.username.subject': ({ siteName }) => `Ihr Benutzername bei ${siteName} wurde geändert`,
  'mail.username.changed': ({ email, username }) => `Ihr Konto ${email} hat jetzt den Benutzernamen ${username}.`,
  'mail.username.removed': ({ email }) => `Ihr Konto ${email} hat keinen Benutzernamen mehr.`,
  'mail.username.not_you':
    'Wenn Sie das nicht waren, ist jemand in Ihr Konto gelangt: Wählen Sie jetzt ein neues Passwort und sagen Sie uns Bescheid.',
  'mail.username_recovery.subject': ({ siteName }) => `Ihr Benutzername bei ${siteName}`,
  'mail.username_recovery.intro': ({ siteName, email, username }) =>
    `Ihr Konto ${email} bei ${siteName} hat den Benutzernamen ${username}.`,
  'mail.username_recovery.none': ({ siteName, email }) =>
    `Ihr Konto ${email} bei ${siteName} hat keinen Benutzernamen: Melden Sie sich mit der Adresse an.`,

  'confirm_email.title': 'Adresse bestätigen',
  'confirm_email.sent':
    'Wir haben Ihnen eine E-Mail mit einem Link geschickt. Öffnen Sie ihn, um fertig zu werden. Es kann eine Minute dauern, und sie kann im Spam-Ordner liegen.',
  'confirm_email.resend': 'Noch einmal senden',
  'confirm_email.resend_hint':
    'Keine E-Mail, oder der Link ist abgelaufen? In dem Browser, in dem Sie sich registriert haben, können Sie eine neue anfordern.',
  'confirm_email.intro': ({ email }) => `Noch ein Schritt, und das Konto mit der Adresse ${email} gehört Ihnen.`,
  'confirm_email.button': 'Adresse bestätigen',
  'confirm_email.password': 'Das Passwort, das Sie gewählt haben',
  'confirm_email.not_mine': 'Ich habe kein Passwort gewählt',
  'confirm_email.not_mine_hint':
    'Wenn jemand anderes Ihre Adresse eingegeben hat oder Sie das Passwort nicht mehr kennen: Verwerfen Sie die Eingaben und beginnen Sie mit dieser Adresse neu.',

  'magic_link.title': 'Anmelden per E-Mail',
  'magic_link.link': 'Anmelden per E-Mail',
  'magic_link.intro':
    'Geben Sie die Adresse Ihres Kontos an. Wir schicken Ihnen einen Link und einen Code, mit denen Sie sich ohne Passwort anmelden.',
  'magic_link.button': 'E-Mail anfordern',
  'magic_link.redeem_title': 'Anmelden per E-Mail',
  'magic_link.redeem_intro': ({ email }) => `In diesem Browser beim Konto ${email} anmelden?`,
  'magic_link.sent':
    'Wenn es ein Konto mit dieser Adresse gibt, ist eine E-Mail unterwegs. Öffnen Sie ihren Link, oder geben Sie hier ihren Code ein. Es kann eine Minute dauern, und sie kann im Spam-Ordner liegen.',
  'magic_link.code': 'Code aus der E-Mail',

  'change_email.title': 'Adresse ändern',
  'change_email.link': 'Adresse ändern',
  'change_email.intro': ({ email }) =>
    `Ihre Adresse ist ${email}. Wir schicken einen Link an die neue; sie gilt, sobald Sie ihn öffnen und bestätigen.`,
  'change_email.new': 'Neue E-Mail-Adresse',
  'change_email.button': 'Link dorthin senden',
  'change_email.same': 'Das ist bereits Ihre Adresse.',
  'change_email.sent':
    'Wenn die Adresse verwendet werden kann, ist eine E-Mail mit einem Link dorthin unterwegs. Bis Sie ihn öffnen, ändert sich nichts.',
  'change_email.confirm_title': 'Neue Adresse bestätigen',
  'change_email.confirm_intro': ({ email }) => `Ihr Konto bekommt die Adresse ${email}. Überall sonst werden Sie abgemeldet.`,
  'change_email.confirm_button': 'Diese Adresse verwenden',
  'change_email.undo_title': 'Änderung zurücknehmen',
  'change_email.undo_intro': ({ email }) =>
    `Ihr Konto bekommt wieder die Adresse ${email}. Alle werden abgemeldet, und Sie wählen per E-Mail ein neues Passwort.`,
  'change_email.undo_button': 'Änderung zurücknehmen',

  'username.title': 'Ihr Benutzername',
  'username.link': 'Benutzername',
  'username.current': ({ username }) => `Sie können sich als ${username} anmelden oder mit Ihrer Adresse.`,
  'username.none': 'Sie haben keinen Benutzernamen. Sie melden sich mit Ihrer Adresse an.',
  'username.new': 'Neuer Benutzername',
  'username.hint': ({ least, most }) => `${least} bis ${most} Buchstaben und Ziffern, dazwischen einzelne Punkte, Binde- und Unterstriche.`,
  'username.or_none': 'Lassen Sie das Feld leer, um keinen zu haben.',
  'username.length': ({ least, most }) => `Bitte ${least} bis ${most} Zeichen.`,
  'username.characters': 'Bitte Buchstaben und Ziffern, dazwischen einzelne Punkte, Binde- und Unterstriche.',
  'username.same': 'Das ist schon Ihr Benutzername.',
  'username.button': 'Benutzernamen ändern',
  'recover_username.title': 'Benutzernamen vergessen?',
  'recover_username.link': 'Benutzernamen vergessen?',
  'recover_username.intro': 'Geben Sie die Adresse Ihres Kontos an. Wir senden Ihnen den Benutzernamen dazu.',
  'recover_username.button': 'E-Mail senden',
  'recover_username.sent':
    'Wenn es zu dieser Adresse ein Konto gibt, ist eine E-Mail unterwegs. Das kann eine Minute dauern, und sie kann bei den unerwünschten liegen.',

  'register.title': 'Konto anlegen',
  'register.link': 'Konto anlegen',
  'register.button': 'Konto anlegen',
  'register.password_again': 'Passwort, noch einmal',
  'register.not_the_same': 'Das ist nicht dasselbe Passwort.',

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

  ...germanFactors,
  ...germanLife,
}

/** `30 Minuten`, `einer Stunde`, `7 Tagen`. */
function duration(seconds: number): string {
  if (seconds % 86_400 === 0) return seconds === 86_400 ? 'einem Tag' : `${seconds / 86_400} Tagen`
  if (seconds % 3600 === 0) return seconds === 3600 ? 'einer Stunde' : `${seconds / 3600} Stunden`
  return seconds <= 60 ? 'einer Minute' : `${Math.ceil(seconds / 60)} Minuten`
}
