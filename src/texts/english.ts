/** What the toolkit says in English. */
import { errorTable } from '../model/error-table.ts'
import type { Texts } from '../model/texts.ts'
import { englishFactors } from './english-factors.ts'
import { englishLife } from './english-life.ts'

const advice = 'Several words that do not belong together make a good password.'

/** The English texts. */
export const english: Texts = {
  'error.malformed_request': errorTable.malformed_request.message,
  'error.invalid_fields': errorTable.invalid_fields.message,
  'error.invalid_next': errorTable.invalid_next.message,
  'error.link_invalid': errorTable.link_invalid.message,
  'error.challenge_expired': errorTable.challenge_expired.message,
  'error.unauthenticated': errorTable.unauthenticated.message,
  'error.invalid_credentials': errorTable.invalid_credentials.message,
  'error.reauthentication_required': errorTable.reauthentication_required.message,
  'error.cross_site_request': errorTable.cross_site_request.message,
  'error.other_browser': errorTable.other_browser.message,
  'error.forbidden': errorTable.forbidden.message,
  'error.not_found': errorTable.not_found.message,
  'error.method_not_allowed': errorTable.method_not_allowed.message,
  'error.already_logged_in': errorTable.already_logged_in.message,
  'error.email_taken': errorTable.email_taken.message,
  'error.username_taken': errorTable.username_taken.message,
  'error.limit_reached': errorTable.limit_reached.message,
  'error.last_factor': errorTable.last_factor.message,
  'error.conflict': errorTable.conflict.message,
  'error.payload_too_large': errorTable.payload_too_large.message,
  'error.unsupported_media_type': errorTable.unsupported_media_type.message,
  'error.password_required': errorTable.password_required.message,
  'error.too_many_attempts': errorTable.too_many_attempts.message,
  'error.internal_error': errorTable.internal_error.message,
  'error.overloaded': errorTable.overloaded.message,
  'error.unavailable': errorTable.unavailable.message,

  'layout.logged_in_as': 'Logged in as',
  'layout.account_menu': 'Your account',

  'refusal.forbidden': 'Not allowed',
  'refusal.not_found': 'Not found',
  'refusal.wait': 'Please wait',
  'refusal.failed': 'Something went wrong',
  'refusal.other': 'This did not work',
  'refusal.code': 'Code:',
  'refusal.back': 'Back to the start',

  'field.email': 'E-mail address',
  'field.email_example': 'An address such as name@example.com',
  'field.password': 'Password',
  'field.username': 'Username',
  'field.or': 'or',
  'field.optional': '(optional)',
  'field.show': 'Show',
  'field.hide': 'Hide',
  'field.caps_lock': 'Caps Lock is on.',
  'field.required': 'This is required.',
  'field.wrong': 'This is not right.',
  'field.one_of_these': 'Give one of these.',
  'field.not_an_address': 'This is not an e-mail address.',
  'field.given_twice': 'This was given more than once.',
  'field.not_a_text': 'This must be text.',
  'field.too_long': ({ most }) => `This must be at most ${most} characters long.`,
  'field.bad_characters': 'This contains characters that are not allowed.',
  'field.not_a_flag': 'This must be true or false.',
  'field.not_a_list': 'This must be a list of texts.',
  'field.too_many': ({ most }) => `This must have at most ${most} entries.`,
  'field.not_json': 'This must be JSON.',
  'field.too_deep': 'This is nested too deeply.',
  'field.unkept': 'This cannot be kept here.',

  'password.hint': ({ least }) => `At least ${least} characters. Several words in a row are easy to remember.`,
  'password.too_short': ({ least }) => `Use at least ${least} characters. ${advice}`,
  'password.too_long': ({ most }) => `Use at most ${most} characters.`,
  'password.too_many_bytes': ({ most }) =>
    `This is too long: at most ${most} bytes can be kept, which is ${most} plain letters and fewer others.`,
  'password.bad_characters': 'This contains characters that cannot be kept.',
  'password.only_spaces': `Use more than spaces. ${advice}`,
  'password.pattern': `This repeats itself or follows the keyboard or the alphabet, which is guessed quickly. ${advice}`,
  'password.common': `This is a common password, or made of common ones, which are guessed first. ${advice}`,
  'password.context': `This is too close to your e-mail address, your username or the name of this site. ${advice}`,
  'password.guessable': ({ reason }) =>
    `This would be guessed too soon.${reason && ` ${reason}`} Add more words that do not belong together.`,
  'password.leaked': 'This password appeared in a data leak, so attackers have it on their lists. Choose one that you use nowhere else.',
  'password.unchecked': 'Passwords cannot be checked just now. Please try again in a moment.',
  'password.same': 'The new password is the same as the old one.',

  'login.title': 'Log in',
  'login.link': 'Log in',
  'login.button': 'Log in',

  'change_password.title': 'Change your password',
  'change_password.link': 'Change password',
  'change_password.effect': 'You stay logged in here. Everywhere else you will be logged out.',
  'change_password.current': 'Current password',
  'change_password.new': 'New password',
  'change_password.change': 'Change password',
  'change_password.set': 'Set password',

  'forgot_password.title': 'Forgotten your password?',
  'forgot_password.link': 'Forgotten your password?',
  'forgot_password.intro': 'Give the address of your account. We send you a link to choose a new password.',
  'forgot_password.button': 'Send me a link',
  'forgot_password.sent':
    'If there is an account with this address, a mail with a link is on its way. It may take a minute, and it may be among the unwanted mail.',
  'reset_password.title': 'Choose a new password',
  'reset_password.effect': 'Everywhere that you are logged in, you will be logged out. Then log in with the new password.',

  'mail.good_for': ({ seconds }) => `The link works once, within ${duration(seconds)}.`,
  'mail.not_asked': 'If you did not ask for this, you need not do anything: nothing has changed.',
  'mail.when': 'When',
  'mail.from': 'From',
  'mail.with': 'With',
  'mail.reset.subject': ({ siteName }) => `Choose a new password for ${siteName}`,
  'mail.reset.intro': ({ siteName, email }) => `Somebody, probably you, asked for a new password for the account ${email} at ${siteName}.`,
  'mail.reset.button': 'Choose a new password',
  'mail.invitation.subject': ({ siteName }) => `Your account at ${siteName}`,
  'mail.invitation.intro': ({ siteName, email }) =>
    `An account was made for you at ${siteName}, for the address ${email}. Choose a password to use it.`,
  'mail.invitation.button': 'Choose a password',
  'mail.password.subject': ({ siteName }) => `Your password for ${siteName} was changed`,
  'mail.password.changed': ({ email }) => `The password of your account ${email} was changed.`,
  'mail.password.set': ({ email }) => `Your account ${email} has a password now.`,
  'mail.password.by_operator': ({ email }) => `The password of your account ${email} was changed by an operator.`,
  'mail.password.not_you':
    'If this was not you, somebody has got into your account or your mail: choose a new password now, by the link "Forgotten your password?" where you log in, and tell us.',

  'mail.password.removed': ({ email }) =>
    `You showed for the first time that the address ${email} is yours. The password that the account had until then was removed, since it may be somebody else's. Choose a new one where you are logged in.`,
  'mail.confirm.subject': ({ siteName }) => `Confirm your address for ${siteName}`,
  'mail.confirm.intro': ({ siteName, email }) => `Somebody, probably you, is creating an account at ${siteName} with the address ${email}.`,
  'mail.confirm.not_asked': 'If this was not you, you need not do anything: there will be no account.',
  'mail.taken.subject': ({ siteName }) => `You have an account at ${siteName}`,
  'mail.taken.intro': ({ siteName, email }) =>
    `Somebody, probably you, tried to create an account at ${siteName} with the address ${email}. You have one already: just log in.`,
  'mail.taken.forgotten': 'If you have forgotten the password, choose a new one by the link "Forgotten your password?" where you log in.',
  'mail.magic_link.subject': ({ siteName }) => `Log in to ${siteName}`,
  'mail.magic_link.intro': ({ siteName, email }) => `Somebody, probably you, wants to log in to the account ${email} at ${siteName}.`,
  'mail.magic_link.or_code': 'Or type this code where you asked to log in. Give it to nobody:',
  'mail.magic_link.not_asked': 'If this was not you, you need not do anything: nobody gets in without this mail.',
  'mail.change_email.subject': ({ siteName }) => `Your new address for ${siteName}`,
  'mail.change_email.intro': ({ siteName, email }) =>
    `Somebody, probably you, wants to use the address ${email} for an account at ${siteName} from now on.`,
  'mail.email_changed.subject': ({ siteName }) => `Your address for ${siteName} was changed`,
  'mail.email_changed.intro': ({ siteName, email }) => `Your account at ${siteName} has the address ${email} now, instead of this one.`,
  'mail.email_changed.not_you':
    'If this was not you, take it back: your account gets this address again, everybody is logged out, and you choose a new password.',
  'mail.email_undone.subject': ({ siteName }) => `Your address for ${siteName} was changed back`,
  'mail.email_undone.intro': ({ siteName, email }) =>
    `The account at ${siteName} that had this address has ${email} again: the change was taken back from there.`,
  'mail.username.subject': ({ siteName }) => `Your username for ${siteName} was changed`,
  'mail.username.changed': ({ email, username }) => `Your account ${email} has the username ${username} now.`,
  'mail.username.removed': ({ email }) => `Your account ${email} has no username any more.`,
  'mail.username.not_you': 'If this was not you, somebody has got into your account: choose a new password now, and tell us.',
  'mail.username_recovery.subject': ({ siteName }) => `Your username for ${siteName}`,
  'mail.username_recovery.intro': ({ siteName, email, username }) => `Your account ${email} at ${siteName} has the username ${username}.`,
  'mail.username_recovery.none': ({ siteName, email }) => `Your account ${email} at ${siteName} has no username: log in by the address.`,

  'confirm_email.title': 'Confirm your address',
  'confirm_email.sent':
    'We have sent you a mail with a link. Open it to finish. It may take a minute, and it may be among the unwanted mail.',
  'confirm_email.resend': 'Send it again',
  'confirm_email.resend_hint': 'No mail, or its link has expired? In the browser where you registered, you can ask for another.',
  'confirm_email.intro': ({ email }) => `One more step, and the account with the address ${email} is yours.`,
  'confirm_email.button': 'Confirm address',
  'confirm_email.password': 'The password that you chose',
  'confirm_email.not_mine': 'I did not choose a password',
  'confirm_email.not_mine_hint':
    'If somebody else typed your address, or you no longer know the password: drop what was typed, and begin anew with this address.',

  'magic_link.title': 'Log in by mail',
  'magic_link.link': 'Log in by mail',
  'magic_link.intro': 'Give the address of your account. We send you a link and a code to log in, without a password.',
  'magic_link.button': 'Send me a mail',
  'magic_link.redeem_title': 'Log in by mail',
  'magic_link.redeem_intro': ({ email }) => `Log in to the account ${email} in this browser?`,
  'magic_link.sent':
    'If there is an account with this address, a mail is on its way. Open its link, or type its code here. It may take a minute, and it may be among the unwanted mail.',
  'magic_link.code': 'Code from the mail',

  'change_email.title': 'Change your address',
  'change_email.link': 'Change address',
  'change_email.intro': ({ email }) => `Your address is ${email}. We send a link to the new one; it is yours when you open that.`,
  'change_email.new': 'New e-mail address',
  'change_email.button': 'Send a link to it',
  'change_email.same': 'This is your address already.',
  'change_email.sent': 'If the address can be used, a mail with a link is on its way there. Until you open it, nothing changes.',
  'change_email.confirm_title': 'Confirm your new address',
  'change_email.confirm_intro': ({ email }) => `Your account will have the address ${email}. Everywhere else you will be logged out.`,
  'change_email.confirm_button': 'Use this address',
  'change_email.undo_title': 'Take the change back',
  'change_email.undo_intro': ({ email }) =>
    `Your account will have the address ${email} again. Everybody will be logged out, and you choose a new password by mail.`,
  'change_email.undo_button': 'Take the change back',

  'username.title': 'Your username',
  'username.link': 'Username',
  'username.current': ({ username }) => `You can log in as ${username}, or by your address.`,
  'username.none': 'You have no username. You log in by your address.',
  'username.new': 'New username',
  'username.hint': ({ least, most }) => `${least} to ${most} letters and digits, with single dots, hyphens and low lines between them.`,
  'username.or_none': 'Leave it empty to have none.',
  'username.length': ({ least, most }) => `Use ${least} to ${most} characters.`,
  'username.characters': 'Use letters and digits, with single dots, hyphens and low lines between them.',
  'username.same': 'This is your username already.',
  'username.button': 'Change username',
  'recover_username.title': 'Forgotten your username?',
  'recover_username.link': 'Forgotten your username?',
  'recover_username.intro': 'Give the address of your account. We send you its username.',
  'recover_username.button': 'Send me a mail',
  'recover_username.sent':
    'If there is an account with this address, a mail is on its way. It may take a minute, and it may be among the unwanted mail.',

  'register.title': 'Create an account',
  'register.link': 'Create an account',
  'register.button': 'Create account',
  'register.password_again': 'Password, once more',
  'register.not_the_same': 'This is not the same password.',

  'sessions.title': 'Where you are logged in',
  'sessions.link': 'Where you are logged in',
  'sessions.this_device': 'This device',
  'sessions.last_used': 'Last used',
  'sessions.since': 'Since',
  'sessions.from': 'From',
  'sessions.end': 'Log out',
  'sessions.end_others': 'Log out everywhere else',
  'sessions.no_others': 'You are logged in nowhere else.',
  'sessions.one_or_others': 'Give the id of one session, or others.',
  'device.on': ({ browser, system }) => `${browser} on ${system}`,
  'device.unknown': 'Unknown device',
  'verify.title': 'Confirm that it is you',
  'verify.intro': 'Before you go on, please show once more that this is your account.',
  'verify.button': 'Confirm',
  'verify.instead': ({ method }) => `${method} instead`,
  'verify.log_in_again': 'Before you go on, please log in once more, to show that this is your account.',
  'verify.log_in_again_button': 'Log in again',
  'logout.title': 'Log out',
  'logout.link': 'Log out',
  'logout.effect': 'You will be logged out in this browser.',
  'logout.button': 'Log out',
  'second_factor.title': 'One more step',
  'second_factor.intro': 'Your account is protected by a second step. Choose how to take it.',

  'language.title': 'Language',
  'language.link': 'Language',
  'language.current': 'This page',
  'language.choose': 'Choose',
  'language.unknown': 'This language is not on offer.',

  'role.bad_name': 'A role is named by up to 63 letters, digits, spaces and . : _ -.',

  ...englishFactors,
  ...englishLife,
}

/** `30 minutes`, `1 hour`, `7 days`. */
function duration(seconds: number): string {
  const [count, unit] =
    seconds % 86_400 === 0
      ? [seconds / 86_400, 'day']
      : seconds % 3600 === 0
        ? [seconds / 3600, 'hour']
        : [Math.ceil(seconds / 60), 'minute']
  return `${count} ${unit}${count === 1 ? '' : 's'}`
}
