/** The tables as types: what statements are written against. `migrations.ts` makes them. */

/** Accounts. Keys are canonical and unique; nulls repeat. */
export type UserTable = {
  id: string
  email: string
  email_key: string
  username: string | null
  username_key: string | null
  password_hash: string | null
  stamp: string
  /** 0 or 1. */
  active: number
  created_at: number
  /** JSON object. */
  extra: string
}

/** Roles and what they allow. */
export type RoleTable = {
  name: string
  description: string
  /** JSON list of names, sorted. */
  permissions: string
}

/** Which user has which role. */
export type UserRoleTable = {
  user_id: string
  role: string
}

/** What travels by mail, unspent. */
export type LinkTable = {
  token_hash: string
  purpose: string
  subject: string
  user_id: string | null
  stamp: string | null
  code_hash: string | null
  /** JSON. */
  data: string
  created_at: number
  expires_at: number
}

/** What other people’s features keep. */
export type RecordTable = {
  feature: string
  entry_key: string
  user_id: string | null
  /** JSON. */
  value: string
  /** Sealed. */
  secret: string | null
  version: number
  expires_at: number | null
}

/** Browsers that may do without a step of the login. */
export type DeviceTable = {
  selector_hash: string
  verifier_hash: string
  id: string
  purpose: string
  user_id: string
  stamp: string
  session_id: string
  created_at: number
  used_at: number
  expires_at: number
  ip: string | null
  user_agent: string | null
}

/** The last two logins of a user. */
export type LoginTable = {
  user_id: string
  login_count: number
  current_at: number
  current_ip: string | null
  current_user_agent: string | null
  last_at: number
  last_ip: string | null
  last_user_agent: string | null
}

/** Accounts that are about to be deleted. */
export type DeletionTable = {
  user_id: string
  requested_at: number
  deletes_at: number
}

/** What happened. */
export type AuditTable = {
  id: string
  event: string
  user_id: string | null
  at: number
  ip: string | null
  user_agent: string | null
  request_id: string | null
  /** JSON object. */
  details: string
  expires_at: number | null
}

/** Authenticator applications. */
export type TotpTable = {
  id: string
  user_id: string
  name: string
  /** Sealed. */
  secret: string
  algorithm: 'SHA-1' | 'SHA-256' | 'SHA-512'
  digits: 6 | 8
  period: number
  step: number
  created_at: number
  used_at: number
}

/** Recovery codes that were not used. */
export type RecoveryCodeTable = {
  user_id: string
  /** Keyed. */
  code_hash: string
}

/** Mails on their way out. A row waits, or has failed for good. */
export type OutboxTable = {
  id: string
  mail: string
  user_id: string | null
  recipient: string
  /** Sealed; null when it failed. */
  body: string | null
  created_at: number
  /** Null when it failed. */
  due_at: number | null
  attempts: number
  failed_at: number | null
  reason: string | null
  expires_at: number
}

/** Who is logged in where. */
export type SessionTable = {
  token_hash: string
  id: string
  user_id: string
  stamp: string
  /** JSON list. */
  proofs: string
  created_at: number
  used_at: number
  expires_at: number
  ends_at: number
  ip: string | null
  user_agent: string | null
}

/** Logins that are half done. */
export type TicketTable = {
  token_hash: string
  id: string
  kind: 'owed' | 'setup'
  user_id: string
  stamp: string
  /** JSON list. */
  proofs: string
  /** JSON list. */
  wishes: string
  next: string | null
  epoch: string
  expires_at: number
  /** JSON object. */
  carried: string
}

/** Ids of one-time things that were used. */
export type SpentTable = {
  id: string
  expires_at: number
}

/** Counts of tries. */
export type AttemptTable = {
  attempt_group: string
  attempt_key: string
  count: number
  first_at: number
  last_at: number
  before_at: number
  expires_at: number
}

/** Which counts of nonces were used. */
export type NonceTable = {
  nonce: string
  /** The highest. */
  latest: number
  /** That and the 127 before it, as bits in hexadecimal digits. */
  used: string
  expires_at: number
}

/** What the installation keeps about itself. */
export type MetaTable = {
  name: string
  value: string
}

/** Rows that stand for what has none, to be locked. */
export type LockTable = {
  slot: number
}

/** Migrations that were done. */
export type MigrationTable = {
  name: string
}

/** Every table by its name in the database. All times are integers: milliseconds since 1970, UTC. */
export type Schema = {
  portcullis_users: UserTable
  portcullis_roles: RoleTable
  portcullis_user_roles: UserRoleTable
  portcullis_links: LinkTable
  portcullis_records: RecordTable
  portcullis_devices: DeviceTable
  portcullis_logins: LoginTable
  portcullis_deletions: DeletionTable
  portcullis_audit: AuditTable
  portcullis_totp: TotpTable
  portcullis_recovery_codes: RecoveryCodeTable
  portcullis_outbox: OutboxTable
  portcullis_sessions: SessionTable
  portcullis_tickets: TicketTable
  portcullis_spent: SpentTable
  portcullis_attempts: AttemptTable
  portcullis_nonces: NonceTable
  portcullis_meta: MetaTable
  portcullis_locks: LockTable
  portcullis_migrations: MigrationTable
}
