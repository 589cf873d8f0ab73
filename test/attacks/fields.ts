/** Which fields each route reads, learnt from the routes themselves: from what they refuse by name, and from the forms of their pages. */
import type { RouteInfo } from '../../src/index.ts'
import { bodyMethods, origin, type Site, type State, stateFor, states } from './site.ts'

/** The names of fields by the name of the route that reads them. */
export type RouteFields = ReadonlyMap<string, readonly string[]>

/** Read for every route by the kernel. */
const common = ['csrf', 'next']

/** Asks every route, twice: what one of them names may be read by another as well. */
export async function learnFields(site: Site): Promise<RouteFields> {
  const learnt = new Map(site.auth.routes.map(({ name }) => [name, new Set<string>()]))
  for (const state of states) await readForms(site, state, learnt)
  for (let round = 0; round < 2; round++) {
    const names = [...new Set([...learnt.values()].flatMap((fields) => [...fields]))]
    for (const route of site.auth.routes) for (const method of bodyMethods(route)) await ask(site, route, method, names, learnt)
  }
  return new Map([...learnt].map(([name, fields]) => [name, [...new Set([...fields, ...common])]]))
}

/** What a route says of a body that has nothing, and of one that has numbers everywhere. */
async function ask(
  site: Site,
  route: RouteInfo,
  method: string,
  names: readonly string[],
  learnt: ReadonlyMap<string, Set<string>>,
): Promise<void> {
  for (const body of [{}, Object.fromEntries(names.map((name) => [name, 0]))]) {
    const cookie = await site.newCookieOf(stateFor(route)) // the request before may have ended the session
    const headers = { cookie, accept: 'application/json', 'content-type': 'application/json' }
    const path = route.path.replace(/:\w+$/, 'x')
    const response = await site.auth.handle(new Request(origin + path, { method, headers, body: JSON.stringify(body) }))
    const text = (await response?.text()) ?? ''
    for (const name of refusedFields(JSON.parse(text))) learnt.get(route.name)?.add(name)
  }
}

/** The names under `error.fields` of a reply. */
export function refusedFields(reply: unknown): readonly string[] {
  const error = memberOf(reply, 'error')
  return Object.keys(Object(memberOf(error, 'fields'))).filter((name) => name !== '')
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
}

/** Forms tell by their `action` whose fields they hold. */
async function readForms(site: Site, state: State, learnt: ReadonlyMap<string, Set<string>>): Promise<void> {
  const byPath = new Map(site.auth.routes.map(({ path, name }) => [path, name]))
  for (const { path, methods } of site.auth.routes) {
    if (!methods.includes('GET')) continue
    const headers = { accept: 'text/html', cookie: await site.cookieOf(state) }
    const response = await site.auth.handle(new Request(origin + path, { headers }))
    const page = (await response?.text()) ?? ''
    for (const [, action = '', form = ''] of page.matchAll(/<form method="post" action="([^"]*)">(.*?)<\/form>/gs))
      for (const [, name = ''] of form.matchAll(/ name="([^"]*)"/g)) learnt.get(byPath.get(action) ?? '')?.add(name)
  }
}
