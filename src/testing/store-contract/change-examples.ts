/** An example of every kind of change: what must be there before it, and how many of several callers it is done for. */
import type { Change, ChangeKind, Conflict } from '../../model/change.ts'
import {
  addTotp,
  advanceTotp,
  append,
  create,
  hashOf,
  now,
  putDeletion,
  putDevice,
  putLink,
  putMail,
  putRecord,
  replaceCodes,
  role,
  rotateDevice,
  track,
  useCode,
} from './samples.ts'

/** What is needed to show a kind of change at work. */
export interface Example {
  readonly kind: ChangeKind
  /** What must be there before. */
  readonly before: readonly Change[]
  /** A change that is done after `before`; several callers make it at once. */
  readonly change: (caller: number) => Change
  /** Of several callers that make it at once, how many it is done for. */
  readonly winners: 'one' | 'all'
  /** A change of this kind that is refused after `before`, for kinds that can be. */
  readonly refused?: { readonly change: Change; readonly conflict: Omit<Conflict, 'index'> }
}

/** One of each kind. */
export const examples: readonly Example[] = [
  {
    kind: 'users.create',
    before: [create('ada')],
    change: (caller) => create('bob', { id: `bob-${caller}` }),
    winners: 'one',
    refused: { change: create('ada', { id: 'other' }), conflict: { reason: 'taken', field: 'email' } },
  },
  {
    kind: 'users.update',
    before: [create('ada')],
    change: (caller) => ({ kind: 'users.update', id: 'ada-id', set: { stamp: `new-${caller}` }, when: { stamp: 'ada-stamp' } }),
    winners: 'one',
    refused: {
      change: { kind: 'users.update', id: 'ada-id', set: { active: false }, when: { stamp: 'old' } },
      conflict: { reason: 'stale' },
    },
  },
  {
    kind: 'users.expect',
    before: [create('ada')],
    change: () => ({ kind: 'users.expect', id: 'ada-id', stamp: 'ada-stamp' }),
    winners: 'all',
    refused: { change: { kind: 'users.expect', id: 'ada-id', stamp: 'old' }, conflict: { reason: 'stale' } },
  },
  {
    kind: 'users.delete',
    before: [
      create('ada'),
      role('admin', 'all'),
      { kind: 'roles.set', userId: 'ada-id', add: ['admin'], remove: [] },
      putLink('mailed'),
      putMail('mailed'),
      putRecord('pin'),
      putDevice('phone'),
      track(),
      putDeletion(),
      append('login'),
      addTotp('phone'),
      replaceCodes('a'),
    ],
    change: () => ({ kind: 'users.delete', id: 'ada-id' }),
    winners: 'one',
    refused: { change: { kind: 'users.delete', id: 'nobody' }, conflict: { reason: 'gone' } },
  },
  {
    kind: 'roles.put',
    before: [create('ada'), role('admin', 'all')],
    change: (caller) => ({ kind: 'roles.put', name: 'admin', description: `by ${caller}`, permissions: [`of ${caller}`] }),
    winners: 'all',
  },
  {
    kind: 'roles.drop',
    before: [create('ada'), role('admin', 'all'), { kind: 'roles.set', userId: 'ada-id', add: ['admin'], remove: [] }],
    change: () => ({ kind: 'roles.drop', name: 'admin' }),
    winners: 'one',
    refused: { change: { kind: 'roles.drop', name: 'nothing' }, conflict: { reason: 'gone' } },
  },
  {
    kind: 'roles.set',
    before: [create('ada'), role('admin', 'all'), role('guest'), { kind: 'roles.set', userId: 'ada-id', add: ['guest'], remove: [] }],
    change: () => ({ kind: 'roles.set', userId: 'ada-id', add: ['admin'], remove: ['guest'] }),
    winners: 'all',
    refused: {
      change: { kind: 'roles.set', userId: 'ada-id', add: ['admin', 'nothing'], remove: ['guest'] },
      conflict: { reason: 'gone', field: 'role' },
    },
  },
  {
    kind: 'links.put',
    before: [create('ada'), putLink('mailed')],
    change: (caller) => putLink(`mailed-${caller}`, {}, 1),
    winners: 'all',
  },
  {
    kind: 'links.take',
    before: [create('ada'), putLink('mailed')],
    change: () => ({ kind: 'links.take', hash: hashOf('mailed'), purpose: 'reset-password', now }),
    winners: 'one',
    refused: {
      change: { kind: 'links.take', hash: hashOf('mailed'), purpose: 'confirm-email', now },
      conflict: { reason: 'gone' },
    },
  },
  {
    kind: 'links.drop',
    before: [create('ada'), putLink('mailed'), putLink('mailed-again')],
    change: () => ({ kind: 'links.drop', purpose: 'reset-password', subject: 'ada-id' }),
    winners: 'all',
  },
  {
    kind: 'records.put',
    before: [create('ada'), putRecord('pin', { value: 'first' })],
    change: (caller) => putRecord('pin', { value: caller, expect: 1 }),
    winners: 'one',
    refused: { change: putRecord('pin', { value: 'second', expect: 0 }), conflict: { reason: 'stale' } },
  },
  {
    kind: 'records.drop',
    before: [create('ada'), putRecord('pin', { value: 'first' })],
    change: () => ({ kind: 'records.drop', feature: 'pins', key: 'pin', expect: 1 }),
    winners: 'one',
    refused: { change: { kind: 'records.drop', feature: 'pins', key: 'pin', expect: 2 }, conflict: { reason: 'stale' } },
  },
  {
    kind: 'devices.put',
    before: [create('ada'), putDevice('phone')],
    change: (caller) => putDevice('phone', { id: `by-${caller}` }),
    winners: 'all',
    refused: { change: putDevice('other', { userId: 'nobody' }), conflict: { reason: 'gone' } },
  },
  {
    kind: 'devices.rotate',
    before: [create('ada'), putDevice('phone')],
    change: (caller) => rotateDevice('phone', `next-${caller}`),
    winners: 'one',
    refused: { change: rotateDevice('phone', 'next', 'other'), conflict: { reason: 'stale' } },
  },
  {
    kind: 'devices.drop',
    before: [create('ada'), putDevice('phone'), putDevice('tablet')],
    change: () => ({ kind: 'devices.drop', userId: 'ada-id', purpose: 'remember', which: { id: 'phone-device' } }),
    winners: 'all',
  },
  {
    kind: 'logins.track',
    before: [create('ada')],
    change: (caller) => track(now + caller),
    winners: 'all',
  },
  {
    kind: 'deletions.put',
    before: [create('ada'), putDeletion()],
    change: (caller) => putDeletion(now + caller),
    winners: 'all',
    refused: { change: putDeletion(now, 'nobody'), conflict: { reason: 'gone' } },
  },
  {
    kind: 'deletions.drop',
    before: [create('ada'), putDeletion()],
    change: () => ({ kind: 'deletions.drop', userId: 'ada-id' }),
    winners: 'all',
  },
  {
    kind: 'audit.append',
    before: [create('ada'), append('login')],
    change: (caller) => append(`caller-${caller}`),
    winners: 'all',
  },
  {
    kind: 'totp.add',
    before: [create('ada'), addTotp('phone')],
    change: (caller) => addTotp(`by-${caller}`, {}, 100),
    winners: 'all',
    refused: { change: addTotp('tablet', {}, 1), conflict: { reason: 'full' } },
  },
  {
    kind: 'totp.advance',
    before: [create('ada'), addTotp('phone')],
    change: () => advanceTotp('phone', 7),
    winners: 'one',
    refused: { change: advanceTotp('phone', 0), conflict: { reason: 'stale' } },
  },
  {
    kind: 'totp.drop',
    before: [create('ada'), addTotp('phone')],
    change: () => ({ kind: 'totp.drop', userId: 'ada-id', which: { id: 'phone-totp' } }),
    winners: 'one',
    refused: { change: { kind: 'totp.drop', userId: 'ada-id', which: { id: 'none' } }, conflict: { reason: 'gone' } },
  },
  {
    kind: 'recoveryCodes.replace',
    before: [create('ada'), replaceCodes('a', 'b')],
    change: (caller) => replaceCodes(`${caller}`, 'c'),
    winners: 'all',
  },
  {
    kind: 'recoveryCodes.use',
    before: [create('ada'), replaceCodes('a', 'b')],
    change: () => useCode('a'),
    winners: 'one',
    refused: { change: useCode('c'), conflict: { reason: 'gone' } },
  },
  {
    kind: 'outbox.put',
    before: [create('ada')],
    change: (caller) => putMail(`mailed-${caller}`),
    winners: 'all',
  },
  {
    kind: 'outbox.drop',
    before: [create('ada'), putMail('mailed')],
    change: () => ({ kind: 'outbox.drop', id: 'mailed-mail' }),
    winners: 'all',
  },
  {
    kind: 'outbox.fail',
    before: [create('ada'), putMail('mailed')],
    change: () => ({ kind: 'outbox.fail', id: 'mailed-mail', attempts: 0, now, reason: 'no route', retryAt: null }),
    winners: 'one',
    refused: {
      change: { kind: 'outbox.fail', id: 'mailed-mail', attempts: 1, now, reason: 'no route', retryAt: null },
      conflict: { reason: 'stale' },
    },
  },
]
