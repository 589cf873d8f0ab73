/** The floor: one prepared statement that reads the same rows of the same tables, and nothing else. */
import { DatabaseSync } from 'node:sqlite'
import { logIn, makePortcullis } from '../kit/account.ts'
import { contend, databaseFile } from '../kit/contend.ts'

const file = databaseFile('statement')
await logIn(await makePortcullis(file))

const database = new DatabaseSync(file)
database.exec('pragma journal_mode = wal; pragma cache_size = -65536')
const hash = database.prepare('select token_hash from portcullis_sessions').get()?.token_hash
if (typeof hash !== 'string') throw new Error('There is no session.')
const statement = database.prepare(`
  select session.id, session.stamp, session.proofs, session.created_at, session.used_at, session.expires_at, session.ends_at,
    session.ip, session.user_agent, user.id as user_id, user.email, user.username, user.active, user.created_at as user_created_at, user.extra,
    (select json_group_array(held.role) from portcullis_user_roles as held where held.user_id = user.id) as roles
  from portcullis_sessions as session
  inner join portcullis_users as user on user.id = session.user_id and user.stamp = session.stamp
  where session.token_hash = ? and session.expires_at > ?`)

contend(() => statement.get(hash, Date.now()))
