/** The demo's authentication: which features, on which store; and the administrator it starts with. */
import {
  type Auth,
  AuthError,
  account,
  audit,
  changeEmail,
  confirmEmail,
  createAuth,
  language,
  loginTracking,
  magicLink,
  password,
  recoveryCodes,
  registration,
  remember,
  session,
  totp,
  trustedDevice,
  username,
} from 'portcullis'
import { sqlite } from 'portcullis/stores/sqlite'
import type { Database } from './database.ts'
import { createDemoMailer } from './mailbox.ts'
import { layout, siteName } from './pages.ts'
import type { Settings } from './settings.ts'

/** Makes the toolkit's installation. */
export function createDemoAuth({ origin, secret, database, smtpUrl, confirms }: Settings, { clock, mailbox }: Database): Auth {
  return createAuth({
    origin,
    secret,
    store: sqlite(database),
    features: [
      session({ idle: '1h' }),
      password(),
      registration(),
      magicLink(),
      changeEmail(),
      username(),
      ...(confirms ? [confirmEmail()] : []),
      remember(),
      totp({ issuer: siteName }),
      recoveryCodes(),
      trustedDevice(),
      loginTracking(),
      audit(),
      account(),
      language(),
    ],
    requireSecondFactor: ({ roles }) => roles.includes('staff'),
    siteName,
    layout,
    mailer: createDemoMailer(mailbox, smtpUrl),
    clock: clock.now,
  })
}

export const adminEmail = 'admin@example.com'

/** Makes the roles and the first administrator where they are missing. Says whether the kept password is the one that logs in. */
export async function seedAdmin(auth: Auth, adminPassword: string): Promise<boolean> {
  const { roles, users } = auth.admin
  await roles.put({ name: 'admin', description: 'May see who has an account.' })
  await roles.put({ name: 'staff', description: 'Must have a second factor.' })
  try {
    await users.create({ email: adminEmail, password: adminPassword, roles: ['admin'] })
    return true
  } catch (error) {
    if (!(error instanceof AuthError && error.code === 'email_taken')) throw error
  }
  const admin = await users.byEmail(adminEmail)
  return admin !== null && (await auth.verifyPassword(admin, adminPassword))
}
