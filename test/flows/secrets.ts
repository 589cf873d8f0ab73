/** What passes between browsers and the application as a secret must not reach a store in clear: looked at in every flow, on every store. */
import assert from 'node:assert/strict'
import type { Store } from '../../src/model/store.ts'
import { aroundStore } from '../same-work/around-store.ts'

/** Fields whose values are secrets. */
const secretFields = ['password', 'newPassword', 'passwordConfirm', 'token', 'code', 'recoveryCode', 'csrf']
/** Members of replies that are shown once, or lists of such. */
const shownOnce = ['secret', 'codes', 'recoveryCodes']
/** Shorter ones are found anywhere by chance; no token of the toolkit is one. */
const shortest = 8

const secrets = new Set<string>()
const stored: string[] = []

function note(secret: unknown): void {
  // What looks like an address was typed as one elsewhere, too.
  if (typeof secret === 'string' && secret.length >= shortest && !secret.includes('@')) secrets.add(secret)
}

/** Notes the secrets of a request: of its body and its query. */
export async function noteRequest(request: Request): Promise<void> {
  const { searchParams } = new URL(request.url)
  for (const field of secretFields) note(searchParams.get(field))
  if (request.method === 'GET' || request.method === 'HEAD') return
  const body = await request.clone().text()
  for (const [name, value] of fieldsOf(body, request.headers.get('content-type'))) if (secretFields.includes(name)) note(value)
}

/** Notes those of a reply: what it shows once, every cookie, and what some have between dots. */
export async function noteReply(reply: Response | null): Promise<void> {
  if (reply?.headers.get('content-type')?.startsWith('application/json'))
    for (const [name, value] of fieldsOf(await reply.clone().text(), null))
      if (shownOnce.includes(name))
        for (const shown of [value].flat()) for (const secret of [shown, String(shown).replaceAll('-', '')]) note(secret)
  for (const line of reply?.headers.getSetCookie() ?? []) {
    const value = line.slice(line.indexOf('=') + 1).split(';', 1)[0] ?? ''
    for (const part of [value, ...value.split('.')]) note(part)
  }
}

function fieldsOf(body: string, type: string | null): readonly (readonly [string, unknown])[] {
  if (type?.startsWith('application/x-www-form-urlencoded')) return [...new URLSearchParams(body)]
  try {
    const value: unknown = JSON.parse(body)
    return typeof value === 'object' && value !== null ? Object.entries(value) : []
  } catch {
    return []
  }
}

/** The same store; what it is given, but to look something up, is looked at by `checkStored`. */
export function watched(store: Store): Store {
  return aroundStore(store, (method, given, go) => {
    if (!method.startsWith('reads.')) stored.push(JSON.stringify(given))
    return go()
  })
}

/** For a test that stores something in clear itself. */
export function overlookStored(): void {
  stored.splice(0)
}

/** Nothing that was stored since the last time holds any of the secrets that were seen since then. */
export function checkStored(): void {
  const all = stored.splice(0).join('\n')
  const found = [...secrets].filter((secret) => all.includes(JSON.stringify(secret).slice(1, -1)))
  secrets.clear()
  assert.deepEqual(found, [], 'secrets that a store was given in clear')
}
