/** The front door: `createAuth`, the features, and the words they use. Brings the defaults of development. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { randomToken } from './crypto/random.ts'
import { type Auth, createInstallation } from './kernel/auth.ts'
import type { AuthOptions } from './kernel/options.ts'
import type { MailMessage } from './model/mail.ts'
import type { User } from './model/user.ts'

/** What development may leave out; production may not. */
export type DevelopmentDefault = 'origin' | 'secret' | 'store'

/** The options of `createAuth`: in development, origin, secret and store have defaults. */
export type CreateAuthOptions<U extends User = User> = Omit<AuthOptions<U>, DevelopmentDefault> &
  Partial<Pick<AuthOptions<U>, DevelopmentDefault>>

const developmentDatabase = 'portcullis.dev.db'

/**
 * Makes an installation of the toolkit.
 *
 * In development it may be given features only: it then answers at `http://localhost:3000`, keeps everything in the SQLite
 * file `portcullis.dev.db` and a generated secret beside it. Production (`NODE_ENV=production`, or `production: true`) refuses that.
 *
 * @throws Error with a sentence that says what to change
 */
export function createAuth<U extends User = User>(options: CreateAuthOptions<U>): Auth<U> {
  const production = options.production ?? process.env.NODE_ENV === 'production'
  const missing = (['origin', 'secret', 'store'] as const).filter((name) => options[name] === undefined)
  if (production && missing.length > 0) throw new Error(`In production createAuth needs ${missing.join(', ')}.`)
  const {
    origin = 'http://localhost:3000',
    secret = missing.includes('secret') ? developmentSecret() : '',
    store = async () => (await import('./stores/sqlite.ts')).sqlite<U>(developmentDatabase),
  } = options
  const report = (error: unknown, about: string): void => console.error(`portcullis: ${about}:`, error)
  return createInstallation<U>({ ...options, origin, secret, store }, { production, report, mailer: { send: printMail } })
}

/** The mailbox of development: standard output. */
function printMail({ to, subject, text }: MailMessage): void {
  console.log(`\n--- mail to ${to}: ${subject}\n\n${text}---\n`)
}

function developmentSecret(): string {
  const file = `${developmentDatabase}.secret`
  if (!existsSync(file)) writeFileSync(file, randomToken(32), { mode: 0o600, flag: 'wx' })
  return readFileSync(file, 'utf8').trim()
}

export type { HashScheme, HashSchemeName } from './crypto/password-hash-scheme.ts'
export type { Random } from './crypto/random.ts'
export { type AccountOptions, account } from './features/account/index.ts'
export type { DeactivateView, DeleteView, RestoreView } from './features/account/pages.ts'
export { type AuditOptions, audit } from './features/audit/index.ts'
export type { HistoryLine, HistoryView } from './features/audit/pages.ts'
export { type ChangeEmailOptions, changeEmail } from './features/change-email/index.ts'
export type { ChangeEmailView, ConfirmEmailChangeView, UndoEmailChangeView } from './features/change-email/pages.ts'
export type { ConfirmState } from './features/confirm-email/confirm.ts'
export { type ConfirmEmailOptions, confirmEmail } from './features/confirm-email/index.ts'
export type { ConfirmEmailView } from './features/confirm-email/pages.ts'
export { type LanguageOptions, language } from './features/language/index.ts'
export type { LanguageLine, LanguageView } from './features/language/pages.ts'
export { type LoginTrackingOptions, loginTracking } from './features/login-tracking/index.ts'
export type { NotMeView } from './features/login-tracking/pages.ts'
export { type MagicLinkOptions, magicLink } from './features/magic-link/index.ts'
export type { MagicLinkView, RedeemMagicLinkView } from './features/magic-link/pages.ts'
export { type BreachedPasswordsOptions, breachedPasswords } from './features/password/breached.ts'
export { type PasswordFeatureOptions, password } from './features/password/index.ts'
export type { ChangePasswordView, ForgotPasswordView, LoginView, ResetPasswordView } from './features/password/pages.ts'
export { type Zxcvbn, type ZxcvbnStrengthOptions, zxcvbnStrength } from './features/password/strength.ts'
export { type RecoveryCodesOptions, recoveryCodes } from './features/recovery-codes/index.ts'
export type { RecoveryCodesView, UseRecoveryCodeView } from './features/recovery-codes/pages.ts'
export { type RegistrationOptions, registration } from './features/registration/index.ts'
export type { AskedField, ExtraField, RegisterView } from './features/registration/pages.ts'
export type { SchemaIssue, SchemaResult, StandardSchema } from './features/registration/standard-schema.ts'
export { type RememberOptions, remember } from './features/remember/index.ts'
export type { DevicesView } from './features/remember/pages.ts'
export { type SessionOptions, session } from './features/session/index.ts'
export type { LogoutView, SecondFactorView, SessionLine, SessionsView, VerifyMethod, VerifyView } from './features/session/pages.ts'
export { type TotpOptions, totp } from './features/totp/index.ts'
export type { AuthenticatorsView, SetupView, TotpView } from './features/totp/pages.ts'
export { type TrustedDeviceOptions, trustedDevice } from './features/trusted-device/index.ts'
export type { TrustedDevicesView } from './features/trusted-device/pages.ts'
export { type UsernameOptions, username } from './features/username/index.ts'
export type { RecoverUsernameView, UsernameView } from './features/username/pages.ts'
export { type DeviceLine, deviceList } from './html/device-list.ts'
export {
  type CheckboxFieldOptions,
  checkboxField,
  type FieldState,
  type FormField,
  hiddenField,
  type PasswordFieldOptions,
  passwordField,
  type TextFieldOptions,
  textField,
} from './html/field.ts'
export { type FormView, type PostFormOptions, postForm, type SubmitButtonOptions, submitButton } from './html/form.ts'
export { Html, type HtmlValue, html } from './html/html.ts'
export { defaultLayout, type Layout, type PageParts } from './html/layout.ts'
export { linkList, type PageLink } from './html/links.ts'
export {
  type MailedLink,
  type MailLayout,
  type MailLayoutParts,
  type MailPart,
  type MailTemplate,
  type MailView,
  type MailWords,
  type WrittenMail,
  writeMail,
} from './html/mail.ts'
export { type QrCodeOptions, qrCode } from './html/qr-code.ts'
export type { Templates, TemplateView } from './html/templates.ts'
export {
  type Field,
  type FieldValue,
  type FieldValues,
  type FlagField,
  flag,
  invalidFields,
  type JsonField,
  json,
  type ListField,
  list,
  type TextField,
  text,
} from './http/fields.ts'
export type { HeaderPairs } from './http/reply.ts'
export { headOfRequest, type RequestHead } from './http/request-head.ts'
export type { TrustProxy } from './http/source.ts'
export { type Address, readAddress } from './kernel/address.ts'
export type { Admin, MailAdmin } from './kernel/admin.ts'
export type { AnyRequest, Auth, HandledRequest, RouteInfo } from './kernel/auth.ts'
export type { Clock, Duration } from './kernel/clock.ts'
export type { Listener, Report } from './kernel/emit.ts'
export type * from './kernel/feature.ts'
export type * from './kernel/flow.ts'
export type { Guard, Guarded, Identity, Rule } from './kernel/guard.ts'
export type { Identifier, Named } from './kernel/identifier.ts'
export type { LimitOptions } from './kernel/limits.ts'
export type { LocaleOptions } from './kernel/locale.ts'
export type { UserWish } from './kernel/new-account.ts'
export type { AuthOptions, Refusal, RefusedHandler } from './kernel/options.ts'
export type { OwnProof } from './kernel/own-login.ts'
export type { PasswordCheck, PasswordPolicyOptions } from './kernel/password-policy.ts'
export type { PasswordQueueOptions } from './kernel/password-queue.ts'
export type { PasswordOptions } from './kernel/passwords.ts'
export type { RoleAdmin } from './kernel/role-admin.ts'
export type * from './kernel/step.ts'
export type { UserAdmin, UserFactors } from './kernel/user-admin.ts'
export type * from './model/audit.ts'
export type * from './model/change.ts'
export type * from './model/deletion.ts'
export type * from './model/device.ts'
export type * from './model/entry.ts'
export { AuthError, type ErrorDetail, type FieldErrors } from './model/error.ts'
export { type ErrorCode, type ErrorEntry, errorTable } from './model/error-table.ts'
export type { AuthEvent, EventCommon, EventName, EventOf, EventPayloads, Happening } from './model/event.ts'
export type { FactorTexts } from './model/factor-texts.ts'
export type * from './model/json.ts'
export type { HistoryTexts, LifeTexts } from './model/life-texts.ts'
export type * from './model/link.ts'
export type * from './model/locale.ts'
export type * from './model/login-track.ts'
export type * from './model/mail.ts'
export type * from './model/outbox.ts'
export type * from './model/second-factor.ts'
export type * from './model/session.ts'
export type * from './model/store.ts'
export type { ErrorTexts, Texts } from './model/texts.ts'
export type * from './model/user.ts'
