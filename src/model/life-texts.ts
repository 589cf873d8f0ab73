/** The part of the catalogue that is about an account's life: devices, logins, its end, and what happened to it. */
import type { EventName } from './event.ts'

/** What each event means to the user whose account it concerns. */
export type HistoryTexts = { readonly [N in EventName as `history.${N}`]: string }

/** The texts. What takes values is a function of them. */
export interface LifeTexts extends HistoryTexts {
  // staying logged in
  readonly 'remember.wish': string
  readonly 'devices.title': string
  readonly 'devices.link': string
  readonly 'devices.intro': string
  readonly 'devices.none': string
  readonly 'devices.until': string
  readonly 'devices.forget': string

  // logins from new devices
  readonly 'not_me.title': string
  readonly 'not_me.intro': (about: { readonly email: string }) => string
  readonly 'not_me.button': string
  readonly 'not_me.done': string
  readonly 'not_me.mailed': string
  readonly 'mail.new_device.subject': (about: { readonly siteName: string }) => string
  readonly 'mail.new_device.intro': (about: { readonly siteName: string; readonly email: string }) => string
  readonly 'mail.new_device.not_you': string
  readonly 'mail.disowned.subject': (about: { readonly siteName: string }) => string
  readonly 'mail.disowned.intro': (about: { readonly siteName: string; readonly email: string }) => string
  readonly 'mail.disowned.choose': string
  readonly 'mail.disowned.log_in': string

  // the end of an account
  readonly 'account.export_link': string
  readonly 'account.deactivate_title': string
  readonly 'account.deactivate_link': string
  readonly 'account.deactivate_effect': string
  readonly 'account.deactivate_button': string
  readonly 'account.delete_title': string
  readonly 'account.delete_link': string
  readonly 'account.delete_effect': string
  readonly 'account.delete_until': (about: { readonly time: string }) => string
  readonly 'account.delete_button': string
  readonly 'account.restore_title': string
  readonly 'account.restore_intro': (about: { readonly email: string }) => string
  readonly 'account.restore_button': string
  readonly 'account.restored': string
  readonly 'mail.deletion.subject': (about: { readonly siteName: string }) => string
  readonly 'mail.deletion.intro': (about: { readonly siteName: string; readonly email: string; readonly time: string }) => string
  readonly 'mail.deletion.undo': string
  readonly 'mail.restored.subject': (about: { readonly siteName: string }) => string
  readonly 'mail.restored.intro': (about: { readonly siteName: string; readonly email: string }) => string
  readonly 'mail.deleted.subject': (about: { readonly siteName: string }) => string
  readonly 'mail.deleted.intro': (about: { readonly siteName: string; readonly email: string }) => string
  readonly 'mail.deactivated.subject': (about: { readonly siteName: string }) => string
  readonly 'mail.deactivated.intro': (about: { readonly siteName: string; readonly email: string }) => string

  // what happened
  readonly 'history.title': string
  readonly 'history.link': string
  readonly 'history.intro': string
  readonly 'history.none': string
  readonly 'history.older': string
  readonly 'history.bad_cursor': string
}
