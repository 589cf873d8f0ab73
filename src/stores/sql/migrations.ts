/** How the schema came to be, only ever forward. */
import { lifeMigrations } from './life-migrations.ts'
import type { Migration } from './migration.ts'

const accounts: Migration = {
  name: '0001-accounts',
  steps: [
    {
      table: 'portcullis_users',
      columns: {
        id: 'key',
        email: 'text',
        email_key: 'key',
        username: 'text',
        username_key: 'key',
        password_hash: 'text',
        stamp: 'key',
        active: 'integer',
        created_at: 'time',
        extra: 'json',
      },
      primaryKey: ['id'],
      nullable: ['username', 'username_key', 'password_hash'],
      unique: ['email_key', 'username_key'],
    },
    {
      table: 'portcullis_roles',
      columns: { name: 'key', description: 'text', permissions: 'json' },
      primaryKey: ['name'],
    },
    {
      table: 'portcullis_user_roles',
      columns: { user_id: 'key', role: 'key' },
      primaryKey: ['user_id', 'role'],
      references: { user_id: { table: 'portcullis_users', column: 'id' }, role: { table: 'portcullis_roles', column: 'name' } },
    },
    { index: 'portcullis_user_roles_by_role', on: 'portcullis_user_roles', columns: ['role'] },
    {
      table: 'portcullis_links',
      columns: {
        token_hash: 'key',
        purpose: 'key',
        subject: 'key',
        user_id: 'key',
        stamp: 'key',
        code_hash: 'text',
        data: 'json',
        created_at: 'time',
        expires_at: 'time',
      },
      primaryKey: ['token_hash'],
      wide: true,
      nullable: ['user_id', 'stamp', 'code_hash'],
    },
    { index: 'portcullis_links_by_subject', on: 'portcullis_links', columns: ['purpose', 'subject'] },
    { index: 'portcullis_links_by_user', on: 'portcullis_links', columns: ['user_id'] },
    { index: 'portcullis_links_by_expiry', on: 'portcullis_links', columns: ['expires_at'] },
    {
      table: 'portcullis_records',
      columns: {
        feature: 'key',
        entry_key: 'key',
        user_id: 'key',
        value: 'json',
        secret: 'text',
        version: 'integer',
        expires_at: 'time',
      },
      primaryKey: ['feature', 'entry_key'],
      wide: true,
      nullable: ['user_id', 'secret', 'expires_at'],
    },
    { index: 'portcullis_records_by_user', on: 'portcullis_records', columns: ['user_id', 'feature'] },
    { index: 'portcullis_records_by_expiry', on: 'portcullis_records', columns: ['expires_at'] },
    { table: 'portcullis_meta', columns: { name: 'key', value: 'text' }, primaryKey: ['name'] },
  ],
}

const sessions: Migration = {
  name: '0002-sessions',
  steps: [
    {
      table: 'portcullis_sessions',
      columns: {
        token_hash: 'key',
        id: 'key',
        user_id: 'key',
        stamp: 'key',
        proofs: 'json',
        created_at: 'time',
        used_at: 'time',
        expires_at: 'time',
        ends_at: 'time',
        ip: 'text',
        user_agent: 'text',
      },
      primaryKey: ['token_hash'],
      wide: true,
      nullable: ['ip', 'user_agent'],
    },
    { index: 'portcullis_sessions_by_user', on: 'portcullis_sessions', columns: ['user_id'] },
    { index: 'portcullis_sessions_by_expiry', on: 'portcullis_sessions', columns: ['expires_at'] },
    {
      table: 'portcullis_tickets',
      columns: {
        token_hash: 'key',
        id: 'key',
        kind: 'key',
        user_id: 'key',
        stamp: 'key',
        proofs: 'json',
        wishes: 'json',
        next: 'text',
        epoch: 'key',
        expires_at: 'time',
        carried: 'json',
      },
      primaryKey: ['token_hash'],
      wide: true,
      nullable: ['next'],
    },
    { index: 'portcullis_tickets_by_user', on: 'portcullis_tickets', columns: ['user_id'] },
    { index: 'portcullis_tickets_by_expiry', on: 'portcullis_tickets', columns: ['expires_at'] },
    { table: 'portcullis_spent', columns: { id: 'key', expires_at: 'time' }, primaryKey: ['id'] },
    { index: 'portcullis_spent_by_expiry', on: 'portcullis_spent', columns: ['expires_at'] },
    {
      table: 'portcullis_attempts',
      columns: {
        attempt_group: 'key',
        attempt_key: 'key',
        count: 'integer',
        first_at: 'time',
        last_at: 'time',
        before_at: 'time',
        expires_at: 'time',
      },
      primaryKey: ['attempt_group', 'attempt_key'],
    },
    { index: 'portcullis_attempts_by_expiry', on: 'portcullis_attempts', columns: ['expires_at'] },
  ],
}

const locks: Migration = {
  name: '0003-locks',
  steps: [{ table: 'portcullis_locks', columns: { slot: 'integer' }, primaryKey: ['slot'] }],
}

const nonces: Migration = {
  name: '0004-nonces',
  steps: [
    {
      table: 'portcullis_nonces',
      columns: { nonce: 'key', latest: 'integer', used: 'text', expires_at: 'time' },
      primaryKey: ['nonce'],
    },
    { index: 'portcullis_nonces_by_expiry', on: 'portcullis_nonces', columns: ['expires_at'] },
  ],
}

const outbox: Migration = {
  name: '0005-outbox',
  steps: [
    {
      table: 'portcullis_outbox',
      columns: {
        id: 'key',
        mail: 'key',
        user_id: 'key',
        recipient: 'text',
        body: 'text',
        created_at: 'time',
        due_at: 'time',
        attempts: 'integer',
        failed_at: 'time',
        reason: 'text',
        expires_at: 'time',
      },
      primaryKey: ['id'],
      wide: true,
      nullable: ['user_id', 'body', 'due_at', 'failed_at', 'reason'],
    },
    { index: 'portcullis_outbox_by_due', on: 'portcullis_outbox', columns: ['due_at'] },
    { index: 'portcullis_outbox_by_failure', on: 'portcullis_outbox', columns: ['failed_at'] },
    { index: 'portcullis_outbox_by_user', on: 'portcullis_outbox', columns: ['user_id'] },
    { index: 'portcullis_outbox_by_expiry', on: 'portcullis_outbox', columns: ['expires_at'] },
  ],
}

/** All, oldest first. */
export const migrations: readonly Migration[] = [accounts, sessions, locks, nonces, outbox, ...lifeMigrations]
