/** Pages from files of the application: what the kernel asks of whoever reads them. */
import type { Locale } from '../model/locale.ts'
import type { Html } from './html.ts'
import type { MailView, WrittenMail } from './mail.ts'

/** What every file is given at least. */
export interface TemplateView {
  readonly locale: Locale
  /** What was typed, by field. */
  readonly values?: Readonly<Record<string, string>>
  /** What is wrong, by field. */
  readonly errors?: Readonly<Record<string, readonly string[]>>
}

/** Files that take the place of shipped pages and mails. `liquid()` makes it. */
export interface Templates {
  /** The path of each page's file by the page's name: `login_user`. */
  readonly pages: ReadonlyMap<string, string>
  /** Shows a page by its file. @throws Error when the file asks for what the view does not have */
  page(name: string, view: TemplateView): Html
  /** The path of each mail's file of text by the mail's name: `reset_instructions`. */
  readonly mails: ReadonlyMap<string, string>
  /** Writes a mail by its files. @throws Error when one asks for what the view does not have */
  mail(name: string, view: MailView & { readonly shipped: Html }): WrittenMail
}
