/** Pages by files of the application: which files there may be, and what is shown when one fails. */
import type { Html } from '../html/html.ts'
import { defaultLayout, type Layout } from '../html/layout.ts'
import type { Templates, TemplateView } from '../html/templates.ts'
import type { Report } from './emit.ts'
import type { Kernel, MountedRoute } from './kernel.ts'

/** Files that no route names. */
const ownNames = ['base', 'error']

/** Checks that every file takes the place of something. @throws Error that names the one that does not */
export function checkTemplates({ pages }: Templates, routes: readonly MountedRoute[]): void {
  const known = [...ownNames, ...routes.flatMap(({ route }) => route.template ?? [])]
  for (const [name, path] of pages) {
    if (!known.includes(name)) {
      throw new Error(`${path} takes the place of no page: there are ${known.join(', ')}. The name of a part begins with "_".`)
    }
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
