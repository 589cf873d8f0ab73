/** The devices drawer: browsers that may do without a step of the login, each by a token that changes with every use. */
import type { Device } from '../../model/device.ts'
import type { TokenHash } from '../../model/session.ts'
import type { DeviceReads } from '../../model/store.ts'
import type { User } from '../../model/user.ts'
import { isChosen } from '../chosen-device.ts'
import type { Dialect } from './dialect.ts'
import { type Purge, purgeFrom } from './purge.ts'
import type { DeviceTable } from './schema.ts'
import { all, type Changes, type Drawer, first, run, type Sequence, type Sequenced } from './sequence.ts'
import { type Given, givenEach, statement } from './statement.ts'
import type { UserDrawer } from './users.ts'

/** The devices drawer. */
export interface DeviceDrawer extends Drawer {
  readonly reads: Sequenced<DeviceReads>
  readonly changes: Changes<'devices.put' | 'devices.rotate' | 'devices.drop'>
  readonly purge: Purge
}

const columns = [
  'selector_hash',
  'verifier_hash',
  'id',
  'purpose',
  'user_id',
  'stamp',
  'session_id',
  'created_at',
  'used_at',
  'expires_at',
  'ip',
  'user_agent',
] as const

/** Makes the devices drawer. */
export function deviceDrawer<U extends User>(dialect: Dialect, users: Pick<UserDrawer<U>, 'reads'>): DeviceDrawer {
  const { db } = dialect
  const device = db.selectFrom('portcullis_devices').select(columns)
  const bySelector = statement((given: Given<{ selector: string }>) => device.where('selector_hash', '=', given('selector')))
  const ofUser = statement((given: Given<{ userId: string }>) =>
    device.where('user_id', '=', given('userId')).orderBy('used_at', 'desc').orderBy('id'),
  )
  const insert = statement((given: Given<DeviceTable>) => db.insertInto('portcullis_devices').values(givenEach(given, columns)))
  const rotate = statement((given: Given<DeviceTable>) =>
    db
      .updateTable('portcullis_devices')
      .set(givenEach(given, ['verifier_hash', 'session_id', 'used_at', 'ip', 'user_agent']))
      .where('selector_hash', '=', given('selector_hash')),
  )
  const remove = statement((given: Given<{ selector: string }>) =>
    db.deleteFrom('portcullis_devices').where('selector_hash', '=', given('selector')),
  )
  const forget = statement((given: Given<{ userId: string }>) => db.deleteFrom('portcullis_devices').where('user_id', '=', given('userId')))

  function* devicesOf(userId: string): Sequence<readonly Device[]> {
    return (yield* all(ofUser, { userId })).map(decodeDevice)
  }

  return {
    name: 'devices',
    reads: {
      *bySelector(selector, purpose, now) {
        const row = yield* first(bySelector, { selector })
        return row !== null && row.purpose === purpose && row.expires_at > now ? decodeDevice(row) : null
      },
      *listOf(userId, purpose, stamp, now) {
        const devices = yield* devicesOf(userId)
        return devices.filter((one) => one.purpose === purpose && one.stamp === stamp && one.expiresAt > now)
      },
    },
    changes: {
      *'devices.put'({ device: given }) {
        const record = yield* users.reads.byId(given.userId)
        if (record === null) return { reason: 'gone' }
        yield* run(remove, { selector: given.selector })
        yield* run(insert, encodeDevice({ ...given, stamp: record.stamp }))
        return null
      },
      *'devices.rotate'({ selector, from, to, now, sessionId, ip, userAgent }) {
        const row = yield* first(bySelector, { selector })
        if (row === null || row.expires_at <= now) return { reason: 'gone' }
        if (row.verifier_hash !== from) return { reason: 'stale' }
        yield* run(rotate, { ...row, verifier_hash: to, session_id: sessionId, used_at: now, ip, user_agent: userAgent })
        return null
      },
      *'devices.drop'({ userId, purpose, which }) {
        for (const one of yield* devicesOf(userId))
          if (one.purpose === purpose && isChosen(one, which)) yield* run(remove, { selector: one.selector })
        return null
      },
    },
    *held(userId) {
      const devices = yield* devicesOf(userId)
      return devices.map(({ userId: _, stamp: __, selector: ___, verifier: ____, ...shown }) => shown)
    },
    *forget(userId) {
      yield* run(forget, { userId })
    },
    purge: purgeFrom(dialect, 'portcullis_devices', ['selector_hash']),
  }
}

function encodeDevice(device: Device): DeviceTable {
  return {
    selector_hash: device.selector,
    verifier_hash: device.verifier,
    id: device.id,
    purpose: device.purpose,
    user_id: device.userId,
    stamp: device.stamp,
    session_id: device.sessionId,
    created_at: device.createdAt,
    used_at: device.usedAt,
    expires_at: device.expiresAt,
    ip: device.ip,
    user_agent: device.userAgent,
  }
}

function decodeDevice(row: DeviceTable): Device {
  return {
    id: row.id,
    purpose: row.purpose,
    selector: row.selector_hash as TokenHash,
    verifier: row.verifier_hash as TokenHash,
    userId: row.user_id,
    stamp: row.stamp,
    sessionId: row.session_id,
    createdAt: row.created_at,
    usedAt: row.used_at,
    expiresAt: row.expires_at,
    ip: row.ip,
    userAgent: row.user_agent,
  }
}
