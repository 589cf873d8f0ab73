/** The catalogue's type: every text that the toolkit shows or sends to people, by its code. A language that lacks one does not compile. */
import type { ErrorCode } from './error-table.ts'
import type { FactorTexts } from './factor-texts.ts'
import type { LifeTexts } from './life-texts.ts'

/** A sentence for each code of the error table. */
export type ErrorTexts = { readonly [C in ErrorCode as `error.${C}`]: string }

/** One language's texts. What takes values is a function of them. Plain text: markup is escaped. */
export interface Texts extends ErrorTexts, FactorTexts, LifeTexts {
  // around every page
  /** Stands before the address. */
  readonly 'layout.logged_in_as': string
  /** The name of the list of links, for screen readers. */
  readonly 'layout.account_menu': string

  // pages of refusals
  readonly 'refusal.forbidden': string
  readonly 'refusal.not_found': string
  readonly 'refusal.wait': string
  readonly 'refusal.failed': string
  readonly 'refusal.other': string
  /** Stands before the stable code. */
  readonly 'refusal.code': string
  readonly 'refusal.back': string

  // fields: their names, what is beside them, and what is wrong with them
  readonly 'field.email': string
  readonly 'field.email_example': string
  readonly 'field.password': string
  readonly 'field.username': string
  /** Stands between the names of what one field takes. */
  readonly 'field.or': string
  readonly 'field.optional': string
  /** The button that shows what is typed. */
  readonly 'field.show': string
  readonly 'field.hide': string
  readonly 'field.caps_lock': string
  readonly 'field.required': string
  readonly 'field.wrong': string
  readonly 'field.one_of_these': string
  readonly 'field.not_an_address': string
  readonly 'field.given_twice': string
  readonly 'field.not_a_text': string
  readonly 'field.too_long': (about: { readonly most: number }) => string
  readonly 'field.bad_characters': string
  readonly 'field.not_a_flag': string
  readonly 'field.not_a_list': string
  readonly 'field.too_many': (about: { readonly most: number }) => string
  readonly 'field.not_json': string
  readonly 'field.too_deep': string
  /** Of a value that does not fit into the column it is for. */
  readonly 'field.unkept': string

  // what a new password is refused with
  readonly 'password.hint': (about: { readonly least: number }) => string
  readonly 'password.too_short': (about: { readonly least: number }) => string
  readonly 'password.too_long': (about: { readonly most: number }) => string
  readonly 'password.too_many_bytes': (about: { readonly most: number }) => string
  readonly 'password.bad_characters': string
  readonly 'password.only_spaces': string
  readonly 'password.pattern': string
  readonly 'password.common': string
  readonly 'password.context': string
  /** `reason` is a sentence, or empty. */
  readonly 'password.guessable': (about: { readonly reason: string }) => string
  readonly 'password.leaked': string
  readonly 'password.unchecked': string
  readonly 'password.same': string

  // the page to log in
  readonly 'login.title': string
  readonly 'login.link': string
  readonly 'login.button': string

  // the page to change a password
  readonly 'change_password.title': string
  readonly 'change_password.link': string
  readonly 'change_password.effect': string
  readonly 'change_password.current': string
  readonly 'change_password.new': string
  readonly 'change_password.change': string
  /** For an account that has none. */
  readonly 'change_password.set': string

  // the pages to choose a new password by mail
  readonly 'forgot_password.title': string
  readonly 'forgot_password.link': string
  readonly 'forgot_password.intro': string
  readonly 'forgot_password.button': string
  /** Says nothing of whether there is such an account. */
  readonly 'forgot_password.sent': string
  readonly 'reset_password.title': string
  readonly 'reset_password.effect': string

  // mails
  /** How long a link works, in seconds. */
  readonly 'mail.good_for': (about: { readonly seconds: number }) => string
  readonly 'mail.not_asked': string
  /** Stands before a time. */
  readonly 'mail.when': string
  /** Stands before a network address. */
  readonly 'mail.from': string
  /** Stands before the name of a browser. */
  readonly 'mail.with': string
  readonly 'mail.reset.subject': (about: { readonly siteName: string }) => string
  readonly 'mail.reset.intro': (about: { readonly siteName: string; readonly email: string }) => string
  readonly 'mail.reset.button': string
  readonly 'mail.invitation.subject': (about: { readonly siteName: string }) => string
  readonly 'mail.invitation.intro': (about: { readonly siteName: string; readonly email: string }) => string
  readonly 'mail.invitation.button': string
  readonly 'mail.password.subject': (about: { readonly siteName: string }) => string
  readonly 'mail.password.changed': (about: { readonly email: string }) => string
  readonly 'mail.password.set': (about: { readonly email: string }) => string
  readonly 'mail.password.by_operator': (about: { readonly email: string }) => string
  readonly 'mail.password.not_you': string

  readonly 'mail.password.removed': (about: { readonly email: string }) => string
  readonly 'mail.confirm.subject': (about: { readonly siteName: string }) => string
  readonly 'mail.confirm.intro': (about: { readonly siteName: string; readonly email: string }) => string
  readonly 'mail.confirm.not_asked': string
  readonly 'mail.taken.subject': (about: { readonly siteName: string }) => string
  readonly 'mail.taken.intro': (about: { readonly siteName: string; readonly email: string }) => string
  readonly 'mail.taken.forgotten': string
  readonly 'mail.magic_link.subject': (about: { readonly siteName: string }) => string
  readonly 'mail.magic_link.intro': (about: { readonly siteName: string; readonly email: string }) => string
  readonly 'mail.magic_link.or_code': string
  readonly 'mail.magic_link.not_asked': string
  readonly 'mail.username.subject': (about: { readonly siteName: string }) => string
  readonly 'mail.username.changed': (about: { readonly email: string; readonly username: string }) => string
  readonly 'mail.username.removed': (about: { readonly email: string }) => string
  readonly 'mail.username.not_you': string
  readonly 'mail.username_recovery.subject': (about: { readonly siteName: string }) => string
  readonly 'mail.username_recovery.intro': (about: {
    readonly siteName: string
    readonly email: string
    readonly username: string
  }) => string
  readonly 'mail.username_recovery.none': (about: { readonly siteName: string; readonly email: string }) => string
  readonly 'mail.change_email.subject': (about: { readonly siteName: string }) => string
  readonly 'mail.change_email.intro': (about: { readonly siteName: string; readonly email: string }) => string
  readonly 'mail.email_changed.subject': (about: { readonly siteName: string }) => string
  /** `email` is the new address. */
  readonly 'mail.email_changed.intro': (about: { readonly siteName: string; readonly email: string }) => string
  readonly 'mail.email_changed.not_you': string
  readonly 'mail.email_undone.subject': (about: { readonly siteName: string }) => string
  /** `email` is the address that the account has again. */
  readonly 'mail.email_undone.intro': (about: { readonly siteName: string; readonly email: string }) => string

  // the pages to confirm an address
  readonly 'confirm_email.title': string
  readonly 'confirm_email.sent': string
  readonly 'confirm_email.resend': string
  readonly 'confirm_email.resend_hint': string
  readonly 'confirm_email.intro': (about: { readonly email: string }) => string
  readonly 'confirm_email.button': string
  readonly 'confirm_email.password': string
  readonly 'confirm_email.not_mine': string
  readonly 'confirm_email.not_mine_hint': string

  // the pages to log in by a mailed link
  readonly 'magic_link.title': string
  readonly 'magic_link.link': string
  readonly 'magic_link.intro': string
  readonly 'magic_link.button': string
  readonly 'magic_link.redeem_title': string
  readonly 'magic_link.redeem_intro': (about: { readonly email: string }) => string
  readonly 'magic_link.sent': string
  readonly 'magic_link.code': string

  // the pages to change an address
  // the username
  readonly 'username.title': string
  readonly 'username.link': string
  readonly 'username.current': (about: { readonly username: string }) => string
  readonly 'username.none': string
  readonly 'username.new': string
  readonly 'username.hint': (about: { readonly least: number; readonly most: number }) => string
  readonly 'username.or_none': string
  readonly 'username.length': (about: { readonly least: number; readonly most: number }) => string
  readonly 'username.characters': string
  readonly 'username.same': string
  readonly 'username.button': string
  readonly 'recover_username.title': string
  readonly 'recover_username.link': string
  readonly 'recover_username.intro': string
  readonly 'recover_username.button': string
  readonly 'recover_username.sent': string
  readonly 'change_email.title': string
  readonly 'change_email.link': string
  readonly 'change_email.intro': (about: { readonly email: string }) => string
  readonly 'change_email.new': string
  readonly 'change_email.button': string
  readonly 'change_email.same': string
  readonly 'change_email.sent': string
  readonly 'change_email.confirm_title': string
  readonly 'change_email.confirm_intro': (about: { readonly email: string }) => string
  readonly 'change_email.confirm_button': string
  readonly 'change_email.undo_title': string
  readonly 'change_email.undo_intro': (about: { readonly email: string }) => string
  readonly 'change_email.undo_button': string

  // the page to register
  readonly 'register.title': string
  readonly 'register.link': string
  readonly 'register.button': string
  readonly 'register.password_again': string
  readonly 'register.not_the_same': string

  // the pages of a session
  readonly 'sessions.title': string
  readonly 'sessions.link': string
  readonly 'sessions.this_device': string
  /** Stands before a time. */
  readonly 'sessions.last_used': string
  /** Stands before a time. */
  readonly 'sessions.since': string
  /** Stands before a network address. */
  readonly 'sessions.from': string
  readonly 'sessions.end': string
  readonly 'sessions.end_others': string
  readonly 'sessions.no_others': string
  readonly 'sessions.one_or_others': string
  readonly 'device.on': (about: { readonly browser: string; readonly system: string }) => string
  readonly 'device.unknown': string
  readonly 'verify.title': string
  readonly 'verify.intro': string
  readonly 'verify.button': string
  readonly 'verify.instead': (about: { readonly method: string }) => string
  readonly 'verify.log_in_again': string
  readonly 'verify.log_in_again_button': string
  readonly 'logout.title': string
  readonly 'logout.link': string
  readonly 'logout.effect': string
  readonly 'logout.button': string
  readonly 'second_factor.title': string
  readonly 'second_factor.intro': string

  // the page to choose a language
  readonly 'language.title': string
  readonly 'language.link': string
  /** Beside the language of the page. */
  readonly 'language.current': string
  readonly 'language.choose': string
  readonly 'language.unknown': string

  // operator calls
  readonly 'role.bad_name': string
}
