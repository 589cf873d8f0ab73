/** Pages in the application's layout, and the paths that they link to. */
import type { Html } from '../html/html.ts'
import { pageReply } from '../http/reply.ts'
import type { Phrase } from '../model/locale.ts'
import type { Exchange } from './exchange.ts'
import type { MenuLink } from './feature.ts'
import type { Kernel } from './kernel.ts'

/** A page in the application's layout. */
export function showPage(exchange: Exchange, status: number, title: Phrase, body: Html): Response {
  const { kernel, session, ticket, locale } = exchange
  const user = ticket || !session ? null : { email: session.user.email }
  const parts = {
    title: locale.say(title),
    body,
    assets: kernel.assets,
    user,
    locale,
    siteName: kernel.settings.siteName,
    menu: menuOf(exchange, 'account'),
  }
  return pageReply(status, kernel.layout(parts), locale)
}

/** The routes that pages link to, in the order of the features. Those that log in are told where it is to lead. */
export function menuOf({ kernel, locale, next }: Exchange, at: 'login' | 'account'): readonly MenuLink[] {
  return [...kernel.routes.values()].flatMap(({ name, path, route: { menu, login } }) =>
    menu && (menu.at === at || menu.at === 'both')
      ? [{ name, href: withNext(path, login === true ? next : null), label: locale.say(menu.label) }]
      : [],
  )
}

/** The path of the page to log in at, which leads on to `next`; `null` where no feature has one. */
export function entrancePath({ routes }: Pick<Kernel, 'routes'>, next: string | null): string | null {
  const entrance = [...routes.values()].find(({ route }) => route.entrance)
  return entrance ? withNext(entrance.path, next) : null
}

/** A path that tells the page there where to lead on. */
export function withNext(path: string, next: string | null): string {
  return next === null ? path : `${path}?next=${encodeURIComponent(next)}`
}

/**
 * A route's path with its base.
 *
 * @throws Error when there is no such route, or its parameter is missing: a mistake in the caller
 */
export function pathFor(kernel: Pick<Kernel, 'routes'>, name: string, params: Readonly<Record<string, string>> = {}): string {
  const mounted = kernel.routes.get(name)
  if (!mounted) throw new Error(`There is no route named "${name}".`)
  return mounted.path.replace(/:(\w+)$/, (_, parameter: string) => {
    const value = params[parameter]
    if (value === undefined) throw new Error(`The route "${name}" needs the parameter "${parameter}".`)
    return encodeURIComponent(value)
  })
}
