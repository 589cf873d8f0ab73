/** Several server processes on one store, and browsers whose requests go to each in turn, as behind a load balancer. */
import assert from 'node:assert/strict'
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { Agent, type IncomingHttpHeaders, request as startRequest } from 'node:http'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import type { Members } from '../../src/model/json.ts'
import { createBrowser, type TestBrowser } from '../../src/testing/browser.ts'
import type { ServerOptions } from './server.ts'
import { fireVolley, type VolleyAnswer } from './volley.ts'

/** Running servers. */
export interface Servers {
  /** A browser of the whole: its requests go to one server after the other. */
  browser(): TestBrowser
  /** A browser whose requests all go to one server, with the cookies of another if given. */
  browserOf(server: number, from?: TestBrowser): TestBrowser
  /** Sends one request to one server, whoever's turn it is if none is named. */
  send(request: Sent, server?: number): Promise<Answer>
  /** Sends one request so many times at the same time, as many to each server. */
  volley(request: Sent, count: number): Promise<readonly (VolleyAnswer & { readonly server: number })[]>
  stop(): Promise<void>
}

/** A request as it goes over the wire. */
export interface Sent {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** What came back. */
export interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

const origin = 'http://localhost:3000'

/** An answer and its question. Times in milliseconds, `began` by `performance.now()`. */
export interface Watched extends Answer {
  readonly path: string
  readonly began: number
  readonly took: number
}

/** Is told of every answer but those to volleys. */
type Watch = (watched: Watched) => void

/** Starts so many servers. */
export async function startServers(count: number, options: ServerOptions, watch: Watch = () => {}): Promise<Servers> {
  const agent = new Agent({ keepAlive: true })
  const processes = await Promise.all(Array.from({ length: count }, () => start(options)))
  let turn = 0

  async function send(request: Sent, server = turn++ % count): Promise<Answer> {
    const began = performance.now()
    const answer = await exchange(agent, processes[server]?.port ?? 0, request)
    watch({ ...answer, path: request.path, began, took: performance.now() - began })
    return answer
  }

  const answers = (server?: number) => async (request: Request) => responseOf(await send(await read(request), server))
  return {
    send,
    async volley(request, times) {
      const volleys = processes.map(({ port }) => fireVolley(port, request, times / count))
      return (await Promise.all(volleys)).flatMap((answers, server) => answers.map((answer) => ({ ...answer, server })))
    },
    browser: () => createBrowser(answers(), origin),
    browserOf: (server, from) => createBrowser(answers(server), origin, new Map(from?.cookies)),
    async stop() {
      agent.destroy()
      await Promise.all(processes.map(({ child }) => stop(child)))
    },
  }
}

async function start(options: ServerOptions): Promise<{ readonly child: ChildProcess; readonly port: number }> {
  const child = fork(join(import.meta.dirname, 'server.ts'), [JSON.stringify(options)])
  const [port]: unknown[] = await Promise.race([once(child, 'message'), once(child, 'exit').then(() => ['it ended'])])
  assert.ok(typeof port === 'number', `the server did not start: ${String(port)}`)
  return { child, port }
}

async function stop(child: ChildProcess): Promise<void> {
  assert.equal(child.exitCode, null, 'a server has died')
  const ended = once(child, 'exit')
  child.disconnect()
  await ended
}

function exchange(agent: Agent, port: number, { method, path, headers, body }: Sent): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = startRequest({ agent, host: '127.0.0.1', port, method, path, headers }, (reply) => {
      text(reply).then((received) => resolve({ status: reply.statusCode ?? 0, headers: reply.headers, body: received }), reject)
    })
    sent.once('error', reject)
    sent.end(body)
  })
}

/** A JSON client's POST with the cookies of a browser. */
export function sentOf({ cookies }: TestBrowser, path: string, body: Members): Sent {
  const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  const headers = { host: new URL(origin).host, accept: 'application/json', 'content-type': 'application/json' }
  return { method: 'POST', path, headers: cookie === '' ? headers : { ...headers, cookie }, body: JSON.stringify(body) }
}

async function read(request: Request): Promise<Sent> {
  const { pathname, search } = new URL(request.url)
  return { method: request.method, path: `${pathname}${search}`, headers: Object.fromEntries(request.headers), body: await request.text() }
}

function responseOf({ status, headers, body }: Answer): Response {
  const pairs = Object.entries(headers).flatMap(([name, value]) => [value ?? []].flat().map((single): [string, string] => [name, single]))
  return new Response(body === '' ? null : body, { status, headers: pairs })
}
