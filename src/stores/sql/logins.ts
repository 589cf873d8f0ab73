/** The logins drawer: the last two logins of each user, and how many there were. */
import type { LoginTrack } from '../../model/login-track.ts'
import type { LoginReads } from '../../model/store.ts'
import type { Dialect } from './dialect.ts'
import type { LoginTable } from './schema.ts'
import { type Changes, type Drawer, first, run, type Sequenced } from './sequence.ts'
import { type Given, givenEach, statement } from './statement.ts'

/** The logins drawer. */
export interface LoginDrawer extends Drawer {
  readonly reads: Sequenced<LoginReads>
  readonly changes: Changes<'logins.track'>
}

const shifted = ['login_count', 'current_at', 'current_ip', 'current_user_agent', 'last_at', 'last_ip', 'last_user_agent'] as const

const columns = ['user_id', ...shifted] as const

/** Makes the logins drawer. */
export function loginDrawer({ db }: Dialect): LoginDrawer {
  const byUser = statement((given: Given<{ userId: string }>) =>
    db.selectFrom('portcullis_logins').select(columns).where('user_id', '=', given('userId')),
  )
  const insert = statement((given: Given<LoginTable>) => db.insertInto('portcullis_logins').values(givenEach(given, columns)))
  const update = statement((given: Given<LoginTable>) =>
    db.updateTable('portcullis_logins').set(givenEach(given, shifted)).where('user_id', '=', given('user_id')),
  )
  const forget = statement((given: Given<{ userId: string }>) => db.deleteFrom('portcullis_logins').where('user_id', '=', given('userId')))

  return {
    name: 'logins',
    reads: {
      *byUser(userId) {
        const row = yield* first(byUser, { userId })
        return row && decodeLogin(row)
      },
    },
    changes: {
      *'logins.track'({ userId, at, ip, userAgent }) {
        const before = yield* first(byUser, { userId })
        const current = { current_at: at, current_ip: ip, current_user_agent: userAgent }
        if (before === null) {
          const last = { last_at: at, last_ip: ip, last_user_agent: userAgent }
          yield* run(insert, { user_id: userId, login_count: 1, ...current, ...last })
        } else {
          const last = { last_at: before.current_at, last_ip: before.current_ip, last_user_agent: before.current_user_agent }
          yield* run(update, { user_id: userId, login_count: before.login_count + 1, ...current, ...last })
        }
        return null
      },
    },
    *held(userId) {
      const row = yield* first(byUser, { userId })
      if (row === null) return []
      const { userId: _, ...shown } = decodeLogin(row)
      return [shown]
    },
    *forget(userId) {
      yield* run(forget, { userId })
    },
  }
}

function decodeLogin(row: LoginTable): LoginTrack {
  return {
    userId: row.user_id,
    count: row.login_count,
    currentAt: row.current_at,
    currentIp: row.current_ip,
    currentUserAgent: row.current_user_agent,
    lastAt: row.last_at,
    lastIp: row.last_ip,
    lastUserAgent: row.last_user_agent,
  }
}
