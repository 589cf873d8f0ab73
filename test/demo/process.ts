/** Starts `examples/demo/main.ts` as its own process, as `npm run demo` does. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createBrowser, type TestBrowser } from '../../src/testing/index.ts'

/** A demo that runs. */
export interface Demo {
  readonly origin: string
  readonly port: number
  readonly adminPassword: string
  /** What it printed so far, errors too. */
  output(): string
  browser(): TestBrowser
  /** Asks it to end; its exit code and how long that took, in milliseconds. */
  stop(signal?: NodeJS.Signals): Promise<{ readonly code: number | null; readonly took: number }>
}

/** What a test registers its cleaning with. */
export interface Cleaning {
  after(clean: () => void): void
}

/** A path for a database that is removed after the test with all that stands beside it. */
export function temporaryDatabase(t: Cleaning): string {
  const folder = mkdtempSync(join(tmpdir(), 'portcullis-demo-'))
  t.after(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }))
  return join(folder, 'demo.db')
}

/** A port that nobody uses. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' && address ? address.port : 0
}

/** Starts it and waits until it says where the administrator logs in. @throws Error with what it printed when it ends before */
export async function startDemo(t: Cleaning, env: Readonly<Record<string, string>>): Promise<Demo> {
  const port = Number(env.PORT ?? (await freePort()))
  const child = launch(t, { PORT: String(port), ...env })
  const output = collect(child)
  const origin = env.DEMO_ORIGIN ?? `http://localhost:${port}`
  const hasEnded = (): boolean => child.exitCode !== null || child.signalCode !== null
  await until(() => hasEnded() || output().includes('admin: ')) // whatever goes on waiting keeps the tests from ending
  const adminPassword = /^admin: admin@example\.com (\S+)$/m.exec(output())?.[1]
  if (adminPassword === undefined) throw new Error(`The demo did not start:\n${output()}`)
  return {
    origin,
    port,
    adminPassword,
    output,
    browser: () => createBrowser((request) => forward(request, port), origin),
    stop: async (signal = 'SIGTERM') => {
      const began = performance.now()
      child.kill(signal)
      await once(child, 'exit')
      return { code: child.exitCode, took: performance.now() - began }
    },
  }
}

/** Runs it to its end: for settings that it refuses. */
export async function runDemo(t: Cleaning, env: Readonly<Record<string, string>>): Promise<{ code: number | null; output: string }> {
  const child = launch(t, env)
  const output = collect(child)
  await once(child, 'close')
  return { code: child.exitCode, output: output() }
}

function launch(t: Cleaning, env: Readonly<Record<string, string>>): ChildProcess {
  const { NODE_TEST_CONTEXT: _, NODE_ENV: __, ...outer } = process.env
  const child = spawn(process.execPath, ['examples/demo/main.ts'], { env: { ...outer, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
  t.after(() => child.kill('SIGKILL'))
  return child
}

function collect({ stdout, stderr }: ChildProcess): () => string {
  let output = ''
  for (const stream of [stdout, stderr])
    stream?.setEncoding('utf8').on('data', (text: string) => {
      output += text
    })
  return () => output
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 10))
}

async function forward(request: Request, port: number): Promise<Response> {
  const { pathname, search } = new URL(request.url)
  const body = await request.text()
  const headers = new Headers(request.headers)
  headers.delete('host')
  return fetch(`http://127.0.0.1:${port}${pathname}${search}`, {
    method: request.method,
    headers,
    redirect: 'manual',
    ...(body !== '' && { body }),
  })
}
