/** How the tables of an account's life came to be: devices, logins, deletions, events and second factors. */
import type { Migration } from './migration.ts'

const devices: Migration = {
  name: '0006-devices',
  steps: [
    {
      table: 'portcullis_devices',
      columns: {
        selector_hash: 'key',
        verifier_hash: 'key',
        id: 'key',
        purpose: 'key',
        user_id: 'key',
        stamp: 'key',
        session_id: 'key',
        created_at: 'time',
        used_at: 'time',
        expires_at: 'time',
        ip: 'text',
        user_agent: 'text',
      },
      primaryKey: ['selector_hash'],
      wide: true,
      nullable: ['ip', 'user_agent'],
    },
    { index: 'portcullis_devices_by_user', on: 'portcullis_devices', columns: ['user_id', 'purpose'] },
    { index: 'portcullis_devices_by_expiry', on: 'portcullis_devices', columns: ['expires_at'] },
  ],
}

const logins: Migration = {
  name: '0007-logins',
  steps: [
    {
      table: 'portcullis_logins',
      columns: {
        user_id: 'key',
        login_count: 'integer',
        current_at: 'time',
        current_ip: 'text',
        current_user_agent: 'text',
        last_at: 'time',
        last_ip: 'text',
        last_user_agent: 'text',
      },
      primaryKey: ['user_id'],
      wide: true,
      nullable: ['current_ip', 'current_user_agent', 'last_ip', 'last_user_agent'],
    },
  ],
}

const deletions: Migration = {
  name: '0008-deletions',
  steps: [
    {
      table: 'portcullis_deletions',
      columns: { user_id: 'key', requested_at: 'time', deletes_at: 'time' },
      primaryKey: ['user_id'],
    },
    { index: 'portcullis_deletions_by_due', on: 'portcullis_deletions', columns: ['deletes_at', 'user_id'] },
  ],
}

const audit: Migration = {
  name: '0009-audit',
  steps: [
    {
      table: 'portcullis_audit',
      columns: {
        id: 'key',
        event: 'key',
        user_id: 'key',
        at: 'time',
        ip: 'text',
        user_agent: 'text',
        request_id: 'text',
        details: 'json',
        expires_at: 'time',
      },
      primaryKey: ['id'],
      wide: true,
      nullable: ['user_id', 'ip', 'user_agent', 'request_id', 'expires_at'],
    },
    { index: 'portcullis_audit_by_user', on: 'portcullis_audit', columns: ['user_id', 'at', 'id'] },
    { index: 'portcullis_audit_by_time', on: 'portcullis_audit', columns: ['at', 'id'] },
    { index: 'portcullis_audit_by_expiry', on: 'portcullis_audit', columns: ['expires_at'] },
  ],
}

const secondFactors: Migration = {
  name: '0010-second-factors',
  steps: [
    {
      table: 'portcullis_totp',
      columns: {
        id: 'key',
        user_id: 'key',
        name: 'text',
        secret: 'text',
        algorithm: 'key',
        digits: 'integer',
        period: 'integer',
        step: 'time',
        created_at: 'time',
        used_at: 'time',
      },
      primaryKey: ['id'],
      wide: true,
    },
    { index: 'portcullis_totp_by_user', on: 'portcullis_totp', columns: ['user_id'] },
    {
      table: 'portcullis_recovery_codes',
      columns: { user_id: 'key', code_hash: 'key' },
      primaryKey: ['user_id', 'code_hash'],
    },
  ],
}

/** These, oldest first. */
export const lifeMigrations: readonly Migration[] = [devices, logins, deletions, audit, secondFactors]
