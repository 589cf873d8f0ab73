/** What the tests of this folder share: an installation, requests that no browser would send, and a store that is watched. */
import type { Auth, CreateAuthOptions, Feature, RequestHead } from '../../src/index.ts'
import { AuthError, createAuth, language, password, registration, session } from '../../src/index.ts'
import type { Store } from '../../src/model/store.ts'
import type { TestBrowser, TestReply } from '../../src/testing/browser.ts'
import { origin, phrase, secret } from '../flows/application.ts'

/** What most browsers of these tests log in with. */
export const account: { readonly email: string; readonly password: string } = { email: 'alice@example.com', password: phrase }

/** An installation with everything there is, and what else a test brings; nothing happens in it by itself. */
export function installation(store: Store, options: Partial<CreateAuthOptions> = {}, ...others: readonly Feature[]): Auth {
  const features = [session(), password(), registration(), language(), ...others]
  return createAuth({ origin, secret, store, features, passwords: { dangerouslyCheapHash: true }, purgeEvery: false, ...options })
}

/** The full name of a cookie at the origin of these tests. */
export function named(cookie: string): string {
  return `portcullis-${cookie}-3000`
}

/** The value of a cookie of ours; empty when the browser has none. */
export function cookieOf(browser: TestBrowser, cookie: string): string {
  return browser.cookies.get(named(cookie)) ?? ''
}

/** What a browser sends as `Cookie`. */
export function cookieHeader({ cookies }: TestBrowser): string {
  return [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
}

/** Whether `/members` and the toolkit's own route both let a browser in; the two must agree. */
export async function isIn(browser: TestBrowser): Promise<boolean> {
  const [guarded, own] = [(await browser.get('/members')).status, (await browser.get('/auth/session')).status]
  if (guarded !== own) throw new Error(`The guard answers ${guarded}, the route ${own}.`)
  return guarded === 200
}

/** A form of a browser that tells nothing of where it comes from, so that only its token speaks for it. */
export function oldForm(browser: TestBrowser, path: string, fields: Readonly<Record<string, string>> = {}): Promise<TestReply> {
  const headers = { accept: 'text/html', 'content-type': 'application/x-www-form-urlencoded' }
  return browser.send('POST', path, headers, new URLSearchParams(fields).toString())
}

/** A request exactly as given, also one that Fetch would correct or refuse. */
export function rawHead(method: string, target: string, headers: Readonly<Record<string, string>> = {}, body: string = ''): RequestHead {
  const bytes = new TextEncoder().encode(body)
  return {
    method,
    target,
    remoteAddress: '203.0.113.7',
    header: (name) => headers[name] ?? null,
    body: async (limit) => {
      if (bytes.length > limit) throw new AuthError('payload_too_large')
      return bytes
    },
  }
}

/** One call of a store: `sessions.open` and what it was given. */
export interface Call {
  readonly name: string
  readonly args: readonly unknown[]
}

/** A real store that tells of each call before it is made; what is told may make it wait, or fail by throwing. */
export function watched(store: Store, before: (call: Call) => Promise<void> | undefined): Store {
  return watchedDrawer('', store, before)
}

function watchedDrawer<T extends object>(path: string, drawer: T, before: (call: Call) => Promise<void> | undefined): T {
  return new Proxy(drawer, {
    get(target, key) {
      const member: unknown = Reflect.get(target, key)
      const name = path === '' ? String(key) : `${path}.${String(key)}`
      if (typeof member === 'object' && member !== null) return watchedDrawer(name, member, before)
      if (typeof member !== 'function') return member
      return (...args: readonly unknown[]): unknown => {
        const wait = before({ name, args })
        return wait ? wait.then((): unknown => Reflect.apply(member, target, args)) : Reflect.apply(member, target, args)
      }
    },
  })
}

/** Texts that are nearly this token: cut at either end, longer, in other letters. */
export function nearMisses(token: string): readonly string[] {
  const cut = Array.from({ length: token.length - 1 }, (_, index) => token.slice(0, index + 1))
  const swapped = [...token].map((letter) => (letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase())).join('')
  const last = token.endsWith('A') ? 'B' : 'A'
  const others = [token.slice(1), `${token.slice(0, -1)}${last}`, swapped, token.toLowerCase(), token.toUpperCase()]
  const longer = ['A', '.', '~', token].map((more) => token + more)
  return [...new Set([...cut, ...others, ...longer, `A${token}`])].filter((text) => text !== token)
}
