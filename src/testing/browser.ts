/** A browser for tests: keeps cookies as one does, and talks to anything that answers Fetch requests. */
import type { Json, Members } from '../model/json.ts'

/** Answers requests: `(request) => app.fetch(request)`, or `auth.handle`. */
export type Answers = (request: Request) => Response | null | Promise<Response | null>

/** What came back, read once. */
export interface TestReply {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** Where a redirect leads; `null` when it is none. */
  readonly location: string | null
  /** The body as a JSON object; empty when it is none. */
  readonly json: { readonly [name: string]: Json | undefined }
}

/** How a request is made besides its path. */
export interface TestRequest {
  readonly headers?: Readonly<Record<string, string>>
}

/** One browser with its cookies. */
export interface TestBrowser {
  /** By name. Change it to tamper. */
  readonly cookies: Map<string, string>
  /** A JSON client's GET. */
  get(path: string, request?: TestRequest): Promise<TestReply>
  /** A JSON client's POST. */
  post(path: string, body?: Members, request?: TestRequest): Promise<TestReply>
  /** Goes to a page. Follows nothing. */
  visit(path: string, request?: TestRequest): Promise<TestReply>
  /** Sends a form as a browser does from a page of the same origin. */
  submit(path: string, fields?: Readonly<Record<string, string>>, request?: TestRequest): Promise<TestReply>
  /** Any request at all; cookies are sent and kept. */
  send(method: string, path: string, headers: Readonly<Record<string, string>>, body?: string | Uint8Array<ArrayBuffer>): Promise<TestReply>
  /** Another browser with a copy of these cookies: a thief's, or a second tab that never talks to the first. */
  copy(): TestBrowser
}

/** Makes a browser that is at `origin`. */
export function createBrowser(answers: Answers, origin = 'http://localhost:3000', cookies: Map<string, string> = new Map()): TestBrowser {
  async function send(
    method: string,
    path: string,
    headers: Readonly<Record<string, string>>,
    body?: string | Uint8Array<ArrayBuffer>,
  ): Promise<TestReply> {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const all = { host: new URL(origin).host, ...(cookie !== '' && { cookie }), ...headers }
    const response = await answers(new Request(new URL(path, origin), { method, headers: all, ...(body !== undefined && { body }) }))
    if (!response) throw new Error(`Nothing answers ${method} ${path}.`)
    for (const line of response.headers.getSetCookie()) keepCookie(cookies, line)
    return readReply(response)
  }

  return {
    cookies,
    send,
    get: (path, { headers = {} } = {}) => send('GET', path, { accept: 'application/json', ...headers }),
    post: (path, body = {}, { headers = {} } = {}) =>
      send('POST', path, { accept: 'application/json', 'content-type': 'application/json', ...headers }, JSON.stringify(body)),
    visit: (path, { headers = {} } = {}) =>
      send('GET', path, { accept: 'text/html', 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'navigate', ...headers }),
    submit: (path, fields = {}, { headers = {} } = {}) =>
      send(
        'POST',
        path,
        {
          accept: 'text/html',
          'content-type': 'application/x-www-form-urlencoded',
          origin,
          'sec-fetch-site': 'same-origin',
          'sec-fetch-mode': 'navigate',
          ...headers,
        },
        new URLSearchParams(fields).toString(),
      ),
    copy: () => createBrowser(answers, origin, new Map(cookies)),
  }
}

function keepCookie(cookies: Map<string, string>, line: string): void {
  const [pair = '', ...attributes] = line.split(';')
  const equals = pair.indexOf('=')
  const name = pair.slice(0, equals)
  if (attributes.some((attribute) => attribute.trim().toLowerCase() === 'max-age=0')) cookies.delete(name)
  else cookies.set(name, pair.slice(equals + 1))
}

async function readReply(response: Response): Promise<TestReply> {
  const text = await response.text()
  const isJson = response.headers.get('content-type')?.startsWith('application/json') === true
  return {
    status: response.status,
    headers: response.headers,
    text,
    location: response.headers.get('location'),
    json: isJson && text !== '' ? JSON.parse(text) : {}, // HEAD says a type and has no body
  }
}
