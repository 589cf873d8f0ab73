/** One hostile request: what it is made of, how it is handed over, and how a failure tells of it. */
import { AuthError, type RequestHead, type RouteInfo } from '../../src/index.ts'
import { origin, type State } from './site.ts'

/** A field as it stands in a body: once for JSON, once for a form. */
export interface BodyField {
  readonly name: string
  readonly json: string
  readonly form: string
}

/** A request while it is put together. */
export interface Draft {
  readonly route: RouteInfo
  readonly state: State
  method: string
  target: string
  /** Whether the target means the route, so that there must be an answer. */
  named: boolean
  encoding: 'json' | 'form'
  readonly fields: BodyField[]
  readonly headers: Map<string, string>
  remoteAddress: string | null
  /** In place of the fields; `null` while they count. */
  body: Uint8Array | null
  /** What was done to it, in words. */
  readonly about: string[]
}

/** A request that is ready. */
export interface Hostile extends Omit<Draft, 'body'> {
  readonly number: number
  readonly body: Uint8Array
}

/** The bytes of the fields. */
export function encodeFields({ encoding, fields }: Draft): Uint8Array {
  if (encoding === 'json') return Buffer.from(`{${fields.map(({ name, json }) => `${JSON.stringify(name)}:${json}`).join(',')}}`)
  return Buffer.from(fields.map(({ name, form }) => `${encodeURIComponent(name.toWellFormed())}=${form}`).join('&'))
}

/** As an adapter hands it over: nothing is refused or mended on the way. */
export function headOf({ method, target, headers, body, remoteAddress }: Hostile): RequestHead {
  return {
    method,
    target,
    remoteAddress,
    header: (name) => headers.get(name) ?? null,
    body: async (limit) => {
      if (body.length > limit) throw new AuthError('payload_too_large')
      return body
    },
  }
}

/** As a Fetch request; `null` when `Request` refuses to be one. */
export function requestOf({ method, target, headers, body }: Hostile): Request | null {
  try {
    const hasBody = method !== 'GET' && method !== 'HEAD'
    return new Request(new URL(target, origin), { method, headers: [...headers], ...(hasBody && { body: Buffer.from(body) }) })
  } catch {
    return null
  }
}

/** In words, for a failure: enough to see what it was; the seed and the number make it again. */
export function describe({ number, route, state, method, target, headers, body, about }: Hostile): string {
  const lines = [...headers].map(([name, value]) => `  ${name}: ${short(value)}`)
  return [
    `request ${number} to ${route.name} (${state}): ${about.join(', ')}`,
    `  ${method} ${short(target)}`,
    ...lines,
    `  ${body.length} bytes: ${short(Buffer.from(body).toString('latin1'))}`,
  ].join('\n')
}

function short(text: string): string {
  const shown = JSON.stringify(text)
  return shown.length > 300 ? `${shown.slice(0, 300)}… (${text.length})` : shown
}
