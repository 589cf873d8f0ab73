/** Pages and mails by files of the application: which files there may be, and what is shown when one fails. */
import type { Html } from '../html/html.ts'
import { defaultLayout, type Layout } from '../html/layout.ts'
import type { MailTemplate, MailView, WrittenMail } from '../html/mail.ts'
import type { Templates, TemplateView } from '../html/templates.ts'
import type { Report } from './emit.ts'
import type { Kernel, MountedRoute } from './kernel.ts'

/** Files that no route names. */
const ownNames = ['base', 'error']

/** Checks that every file takes the place of something. @throws Error that names the one that does not */
export function checkTemplates({ pages, mails }: Templates, routes: readonly MountedRoute[], mailFiles: readonly string[]): void {
  const known = [...ownNames, ...routes.flatMap(({ route }) => route.template ?? [])]
  for (const [name, path] of pages) {
    if (!known.includes(name)) {
      throw new Error(`${path} takes the place of no page: there are ${known.join(', ')}. The name of a part begins with "_".`)
    }
  }
  for (const [name, path] of mails) {
    if (!mailFiles.includes(name)) {
      throw new Error(`${path} takes the place of no mail: there are ${mailFiles.join(', ')}. The name of a part begins with "_".`)
    }
  }
}

/** A mail by its files, if there are any; by the function if there are none, or if a file fails: the link must arrive. */
export function writeMailBy(
  { templates, mailFiles, report }: Pick<Kernel, 'templates' | 'mailFiles' | 'report'>,
  mail: string,
  view: MailView,
  write: MailTemplate,
): WrittenMail {
  const shipped = write(view)
  const name = mailFiles.get(mail)
  const path = name === undefined ? undefined : templates?.mails.get(name)
  if (!templates || name === undefined || path === undefined) return shipped
  try {
    return templates.mail(name, { ...view, shipped: shipped.html })
  } catch (error) {
    report(error, `${path} failed, so the shipped mail was sent`)
    return shipped
  }
}

/** The layout: the application's function, its file `base`, or the shipped one. @throws Error when there are both of the former */
export function chooseLayout(own: Layout | undefined, templates: Templates | null, report: Report): Layout {
  const path = templates?.pages.get('base')
  if (!templates || path === undefined) return own ?? defaultLayout
  if (own) throw new Error(`There is the option layout, and there is ${path}: remove one of them.`)
  return (page) => showBy({ templates, report }, 'base', page, defaultLayout)
}

/** A page by its file, if there is one; by the function if there is none, or if the file fails: people must be able to log in. */
export function showBy<V extends TemplateView>(
  { templates, report }: Pick<Kernel, 'templates' | 'report'>,
  name: string | undefined,
  view: V,
  page: (view: V) => Html,
): Html {
  const shipped = page(view)
  const path = name === undefined ? undefined : templates?.pages.get(name)
  if (!templates || name === undefined || path === undefined) return shipped
  try {
    return templates.page(name, { ...view, shipped })
  } catch (error) {
    report(error, `${path} failed, so the shipped page was shown`)
    return shipped
  }
}
