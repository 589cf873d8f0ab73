/** What the toolkit says in English. */
import { errorTable } from '../model/error-table.ts'
import type { Texts } from '../model/texts.ts'

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
  'error.forbidden': errorTable.forbidden.message,
  'error.not_found': errorTable.not_found.message,
  'error.method_not_allowed': errorTable.method_not_allowed.message,
  'error.already_logged_in': errorTable.already_logged_in.message,
  'error.email_taken': errorTable.email_taken.message,
  'error.username_taken': errorTable.username_taken.message,
  'error.conflict': errorTable.conflict.message,
  'error.payload_too_large': errorTable.payload_too_large.message,
  'error.unsupported_media_type': errorTable.unsupported_media_type.message,
  'error.password_required': 'Please give the password that was chosen at the registration.',
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

  'register.title': 'Create an account',
  'register.link': 'Create an account',
  'register.button': 'Create account',
  'register.password_again': 'Password, once more',
  'register.not_the_same': 'This is not the same password.',

  'confirm_email.title': 'Confirm your e-mail address',
  'confirm_email.intro': ({ email }) => `Confirm that ${email} is your address. Then your account is made.`,
  'confirm_email.elsewhere': ({ email }) =>
    `An account is to be made for ${email}. Give the password that was chosen for it, to show that it was you who registered.`,
  'confirm_email.button': 'Confirm',
  'confirm_email.not_mine': 'I did not choose this password',
  'confirm_email.not_mine_effect':
    'If you have not registered here, somebody else has given your address. What they entered is thrown away, and you may register anew.',
  'resend_confirmation.title': 'Confirm your e-mail address',
  'resend_confirmation.link': 'No mail to confirm your address?',
  'resend_confirmation.intro': 'Has no mail come? In the browser that you registered with, we send you another one.',
  'resend_confirmation.button': 'Send me another mail',
  'resend_confirmation.registered':
    'Almost done: a mail is on its way to you. Open the link in it to finish. It may take a minute, and it may be among the unwanted mail.',
  'resend_confirmation.sent': 'If you registered with this address in this browser, another mail with a link is on its way.',
  'mail.confirm.subject': ({ siteName }) => `Confirm your address for ${siteName}`,
  'mail.confirm.intro': ({ siteName, email }) =>
    `Somebody, probably you, registered at ${siteName} with the address ${email}. Confirm it to have your account.`,
  'mail.confirm.button': 'Confirm the address',
  'mail.confirm.not_you': 'If you have not registered, you need not do anything: there will be no account.',
  'mail.taken.subject': ({ siteName }) => `You have an account at ${siteName} already`,
  'mail.taken.intro': ({ siteName, email }) =>
    `Somebody, probably you, tried to register at ${siteName} with the address ${email}. There is an account with this address already.`,
  'mail.taken.log_in': 'If it was you, log in instead.',
  'mail.taken.forgot':
    'If it was you, log in instead. If you do not remember your password, the link "Forgotten your password?" where you log in helps.',
  'mail.taken.not_you': 'If it was somebody else, you need not do anything: nothing has changed, and they were not told of your account.',

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
