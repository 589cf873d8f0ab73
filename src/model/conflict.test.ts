/** What a store refused becomes what a client is told. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createLocales } from '../kernel/locale.ts'
import type { Change, Conflict } from './change.ts'
import { conflictError } from './conflict.ts'
import { AuthError } from './error.ts'
import { type ErrorCode, errorTable } from './error-table.ts'

const { fallback: locale } = createLocales({}, () => {})
const drop: Change = { kind: 'roles.drop', name: 'editor' }
const set: Change = { kind: 'roles.set', userId: 'u', add: ['editor'], remove: [] }
const update: Change = { kind: 'users.update', id: 'u', set: {} }
const expect: Change = { kind: 'users.expect', id: 'u', stamp: 's' }
const forget: Change = { kind: 'records.drop', feature: 'f', key: 'k' }

const table: readonly (readonly [readonly Change[], Conflict, ErrorCode])[] = [
  [[drop, update], { index: 1, reason: 'taken', field: 'email' }, 'email_taken'],
  [[update], { index: 0, reason: 'taken', field: 'username' }, 'username_taken'],
  [[update], { index: 0, reason: 'gone' }, 'not_found'],
  [[update], { index: 0, reason: 'stale' }, 'conflict'],
  [[drop, expect], { index: 1, reason: 'stale' }, 'unauthenticated'],
  [[expect], { index: 0, reason: 'gone' }, 'unauthenticated'],
  [[set], { index: 0, reason: 'gone', field: 'role' }, 'not_found'],
  [[set], { index: 0, reason: 'gone', field: 'user' }, 'not_found'],
  [[forget], { index: 0, reason: 'gone' }, 'not_found'],
  [[forget], { index: 0, reason: 'stale' }, 'conflict'],
  [[], { index: 3, reason: 'full' }, 'conflict'],
]

for (const [changes, conflict, code] of table) {
  test(`${changes[conflict.index]?.kind ?? 'nothing'} that is ${conflict.reason} ${conflict.field ?? ''} is ${code}`, () => {
    const error = conflictError(changes, conflict)
    assert.equal(error.code, code)
    assert.match(String(error.cause), new RegExp(`was refused: ${conflict.reason}`))
  })
}

test('a taken address or name is told at its field', () => {
  const { detail, message } = conflictError([update], { index: 0, reason: 'taken', field: 'email' })
  assert.deepEqual(Object.keys(detail.fields ?? {}), ['email'])
  assert.deepEqual(detail.fields?.email?.map(locale.say), [message])
})

test('every code has an HTTP status of refusal and one sentence for people', () => {
  for (const [code, { status, message }] of Object.entries(errorTable)) {
    assert.ok(status >= 400 && status < 600, code)
    assert.match(message, /^[A-Z].*\.$/, code)
  }
})

test('an error says the table’s message or its own, and keeps its cause to itself', () => {
  const plain = new AuthError('forbidden')
  assert.deepEqual([plain.status, plain.message, plain.cause], [403, errorTable.forbidden.message, undefined])
  const own = new AuthError('forbidden', { message: 'Ask the office.', cause: 'closed' })
  assert.deepEqual([own.message, own.cause, own.name], ['Ask the office.', 'closed', 'AuthError'])
})
