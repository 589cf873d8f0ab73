/** A small server with Digest over the public protocol functions: what clients, ours and others, are tried against. */
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  checkNonce,
  computeRspauth,
  createKeyring,
  type DigestAlgorithm,
  type DigestCredentials,
  type DigestQop,
  digestSecret,
  findUnoffered,
  hashUsername,
  isSameTarget,
  issueNonce,
  readCredentials,
  verifyResponse,
  writeAuthenticationInfo,
  writeChallenge,
} from 'portcullis/digest'

/** What a server offers and how it behaves. */
export interface ServerOptions {
  readonly algorithms?: readonly DigestAlgorithm[]
  readonly qop?: readonly DigestQop[]
  readonly realm?: string
  readonly userhash?: boolean
  readonly opaque?: string
  /** Names with their passwords. */
  readonly users?: Readonly<Record<string, string>>
  /** After so many uses of a nonce the next one is sent along. */
  readonly nextAfter?: number
  /** Sends a proof over the wrong secret, or none. */
  readonly rspauth?: 'wrong' | 'none'
  /** Answers in place of the resource. */
  readonly respond?: (request: IncomingMessage, reply: ServerResponse, body: Buffer) => void
}

/** What became of one request. */
export interface Seen {
  readonly method: string
  readonly target: string
  readonly authorization: string | null
  readonly body: string
  readonly outcome: Outcome
}

type Outcome = 'absent' | 'malformed' | 'unoffered' | 'other-target' | 'foreign-nonce' | 'wrong' | 'stale' | 'repeated' | 'ok'

/** A running server. */
export interface DigestServer {
  readonly origin: string
  readonly seen: readonly Seen[]
  /** Lets time pass, in seconds. */
  pass(seconds: number): void
  /** Forgets every count, and voids every nonce with them. */
  restart(): void
  stop(): Promise<void>
}

const lifetimeSeconds = 1800

/** Starts one on a free port of this machine. */
export async function startServer(options: ServerOptions = {}): Promise<DigestServer> {
  const { algorithms = ['SHA-256'], qop = ['auth'], realm = 'api', userhash = false, opaque = null } = options
  const { users = { mufasa: 'Circle of Life' }, nextAfter = Number.POSITIVE_INFINITY } = options
  const keys = createKeyring([randomBytes(32)])
  const offer = { realm, algorithms, qop, opaque, userhash }
  const used = new Map<string, Set<string>>()
  const seen: Seen[] = []
  let [now, epoch] = [Date.UTC(2026, 0, 1), 1]
  const scope = (): { realm: string; epoch: string; address: null } => ({ realm, epoch: String(epoch), address: null })

  function secretOf({ username, algorithm, userhash: isHashed }: DigestCredentials): string {
    const name = isHashed ? Object.keys(users).find((user) => hashUsername({ username: user, realm, algorithm }) === username) : username
    const password = name === undefined ? undefined : users[name]
    return password === undefined || name === undefined ? 'nobody' : digestSecret({ username: name, realm, algorithm, password })
  }

  function judge(credentials: DigestCredentials, request: IncomingMessage, body: Buffer): Outcome {
    if (findUnoffered(credentials, offer) !== null) return 'unoffered'
    if (!isSameTarget(credentials.uri, request.url ?? '')) return 'other-target'
    const nonce = checkNonce(keys, credentials.nonce, scope(), now, lifetimeSeconds)
    if (nonce.state === 'foreign') return 'foreign-nonce'
    if (!verifyResponse(credentials, { secret: secretOf(credentials), method: request.method ?? '', body })) return 'wrong'
    if (nonce.state === 'expired') return 'stale'
    const counts = used.get(credentials.nonce) ?? new Set()
    if (credentials.qop === null || counts.has(credentials.nc)) return 'repeated'
    used.set(credentials.nonce, counts.add(credentials.nc))
    return 'ok'
  }

  function challenge(reply: ServerResponse, stale: boolean): void {
    const common = { realm, qop, opaque, domain: [], stale, utf8: true, userhash }
    const fields = algorithms.map((algorithm) => writeChallenge({ ...common, algorithm, nonce: issueNonce(keys, scope(), now) }))
    reply.writeHead(401, { 'www-authenticate': fields }).end('refused')
  }

  function respond(credentials: DigestCredentials, request: IncomingMessage, reply: ServerResponse, body: Buffer): void {
    const content = Buffer.from(`hello ${credentials.username}, ${request.method} of ${body.length} bytes`)
    const secret = options.rspauth === 'wrong' ? 'wrong' : secretOf(credentials)
    const isNextDue = (used.get(credentials.nonce)?.size ?? 0) >= nextAfter
    const info = writeAuthenticationInfo({
      rspauth: computeRspauth(credentials, { secret, body: content }),
      qop: credentials.qop,
      cnonce: credentials.qop === null ? null : credentials.cnonce,
      nc: credentials.qop === null ? null : credentials.nc,
      nextnonce: isNextDue ? issueNonce(keys, scope(), now) : null,
    })
    if (options.rspauth !== 'none') reply.setHeader('authentication-info', info)
    if (options.respond) options.respond(request, reply, body)
    else reply.end(content)
  }

  const server = createServer(async (request, reply) => {
    const body = Buffer.concat(await request.toArray())
    const field = request.headers.authorization ?? null
    const read = readCredentials(field)
    const outcome = read.ok ? judge(read.credentials, request, body) : read.reason
    seen.push({ method: request.method ?? '', target: request.url ?? '', authorization: field, body: body.toString(), outcome })
    if (read.ok && outcome === 'ok') respond(read.credentials, request, reply, body)
    else if (outcome === 'malformed' || outcome === 'other-target') reply.writeHead(400).end()
    else challenge(reply, outcome === 'stale')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo

  return {
    origin: `http://127.0.0.1:${port}`,
    seen,
    pass: (seconds) => {
      now += seconds * 1000
    },
    restart: () => {
      used.clear()
      epoch += 1
    },
    stop: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
