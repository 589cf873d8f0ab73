/** Every way to log in, and what it ends in under each policy. A feature with another way needs another driver here. */
import { otherPhrase, phrase } from '../flows/application.ts'
import { phoneOf } from '../flows/phone.ts'
import { type Cells, type Driver, type Outcome, policiesOf, standings, type Visit } from './matrix.ts'
import { mailed } from './site.ts'

const sessionCookie = 'portcullis-session-3000'

/** The same, whatever the policy. */
function always(outcome: Outcome): Cells {
  return Object.fromEntries(standings.flatMap(policiesOf).map((name) => [name, outcome]))
}

/** The first of two factors. */
export const oneFactor: Cells = {
  'no factor': 'session',
  'a factor': 'owed',
  'a factor and a trusted browser': 'session',
  'a role that requires one': 'setup',
  'no factor, guard wants one fresh': 'refused',
  'a factor, guard wants one fresh': 'owed',
  'a factor and a trusted browser, guard wants one fresh': 'owed',
  'a role that requires one, guard wants one fresh': 'setup',
}

/** The same, after something that ends the trust in browsers. */
const untrusted: Cells = { ...oneFactor, 'a factor and a trusted browser': 'owed' }

/** An answer to a debt: whoever owes none has nothing to answer. */
const answer: Cells = { ...always('refused'), 'a factor': 'session', 'a factor, guard wants one fresh': 'session' }

const setUp: Cells = {
  ...always('refused'),
  'a role that requires one': 'session',
  'a role that requires one, guard wants one fresh': 'session',
}

/** A new account has no factor, and an address that somebody has makes none. */
function newAccount(outcomes: { readonly free: Outcome; readonly guarded: Outcome; readonly required: Outcome }): Cells {
  return {
    ...always('refused'),
    'no factor': outcomes.free,
    'no factor, guard wants one fresh': outcomes.guarded,
    'a role that requires one': outcomes.required,
    'a role that requires one, guard wants one fresh': outcomes.required,
  }
}

const byPassword = ({ browser, email }: Visit) => browser.post('/auth/login', { email, password: phrase })

/** The first factor, and nothing that a session would be good for. */
async function firstOnly(visit: Visit): Promise<void> {
  await byPassword(visit)
  visit.browser.cookies.delete(sessionCookie)
}

async function askForLink({ site, browser, email }: Visit): Promise<{ readonly token: string; readonly code: string }> {
  await browser.post('/auth/magic-link', { email })
  return mailed(site, 'magic_link.link', email)
}

const byLink: Driver['drive'] = async (visit) => {
  const { token } = await askForLink(visit)
  return visit.browser.post('/auth/magic-link/redeem', { token })
}

const reset: Driver['drive'] = async ({ site, browser, email }) => {
  await browser.post('/auth/forgot-password', { email })
  const { token } = await mailed(site, 'password.reset', email)
  return browser.post('/auth/reset-password', { token, newPassword: otherPhrase })
}

const register: Driver['drive'] = ({ browser, email }) => browser.post('/auth/register', { email, password: phrase })

const confirm: Driver['drive'] = async ({ site, browser, email }) => {
  const { token } = await mailed(site, 'registration.confirm', email)
  return browser.post('/auth/confirm-email', { token })
}

const byNewPassword: Driver['drive'] = async (visit) => {
  await reset(visit)
  return visit.browser.post('/auth/login', { email: visit.email, password: otherPhrase })
}

const first: readonly Driver[] = [
  { name: 'password', route: 'login', proves: 'password', cells: oneFactor, drive: byPassword },
  { name: 'a reset', route: 'password.reset', proves: null, cells: always('nothing'), drive: reset },
  { name: 'password after a reset', route: 'login', proves: 'password', cells: untrusted, drive: byNewPassword },
  {
    name: 'password after a reset, the first mail that is opened',
    route: 'login',
    proves: 'password',
    unproven: true,
    cells: untrusted,
    drive: byNewPassword,
  },
  {
    name: 'asking for a magic link',
    route: 'magic-link',
    proves: null,
    cells: always('nothing'),
    drive: ({ browser, email }) => browser.post('/auth/magic-link', { email }),
  },
  { name: 'magic link by link', route: 'magic-link.redeem', proves: 'magic-link', cells: oneFactor, drive: byLink },
  {
    name: 'magic link by code',
    route: 'magic-link.redeem',
    proves: 'magic-link',
    cells: oneFactor,
    drive: async (visit) => {
      const { code } = await askForLink(visit)
      return visit.browser.post('/auth/magic-link/redeem', { email: visit.email, code })
    },
  },
  {
    name: 'magic link, the first mail that is opened',
    route: 'magic-link.redeem',
    proves: 'magic-link',
    unproven: true,
    cells: untrusted,
    drive: byLink,
  },
  {
    name: 'a remembered browser',
    route: 'session.resume',
    proves: 'remember',
    cells: oneFactor,
    before: async ({ browser, email, phone }) => {
      const reply = await browser.post('/auth/login', { email, password: phrase, remember: true })
      if (reply.json.status !== 'authenticated') await browser.post('/auth/totp/verify', { code: phone?.next() ?? '' })
      browser.cookies.delete(sessionCookie)
    },
    drive: ({ browser }) => browser.post('/auth/resume'),
  },
  {
    name: 'the application’s own login of one factor',
    route: 'auth.login',
    proves: 'google',
    cells: oneFactor,
    drive: ({ browser, email }) => browser.post(`/own?email=${email}&factors=1`),
  },
  {
    name: 'the application’s own login of two factors',
    route: 'auth.login',
    proves: 'google',
    cells: always('session'),
    drive: ({ browser, email }) => browser.post(`/own?email=${email}&factors=2`),
  },
]

const accounts: readonly Driver[] = [
  {
    name: 'registration',
    route: 'register',
    proves: 'password',
    makesAccount: true,
    cells: newAccount({ free: 'session', guarded: 'refused', required: 'setup' }),
    drive: register,
  },
  {
    name: 'registration that waits',
    route: 'register',
    proves: null,
    accounts: 'confirmed and logged in',
    makesAccount: true,
    cells: always('nothing'),
    drive: register,
  },
  {
    name: 'confirmation with loginAfter',
    route: 'email.confirm',
    proves: 'confirm-email',
    accounts: 'confirmed and logged in',
    makesAccount: true,
    cells: newAccount({ free: 'session', guarded: 'refused', required: 'setup' }),
    asks: register,
    drive: confirm,
  },
  {
    name: 'confirmation',
    route: 'email.confirm',
    proves: null,
    accounts: 'confirmed',
    makesAccount: true,
    cells: newAccount({ free: 'nothing', guarded: 'nothing', required: 'nothing' }),
    asks: register,
    drive: confirm,
  },
]

const second: readonly Driver[] = [
  {
    name: 'code of an authenticator',
    route: 'totp.verify',
    proves: 'totp',
    cells: answer,
    drive: async (visit) => {
      await firstOnly(visit)
      return visit.browser.post('/auth/totp/verify', { code: visit.phone?.next() ?? '123456' })
    },
  },
  {
    name: 'recovery code',
    route: 'recovery-codes.use',
    proves: 'recovery_code',
    cells: answer,
    drive: async (visit) => {
      await firstOnly(visit)
      return visit.browser.post('/auth/recovery-codes/use', { code: visit.codes[0] ?? 'AAAA-AAAA-AAAA-AAAA' })
    },
  },
  {
    name: 'setting an authenticator up',
    route: 'totp.confirm',
    proves: 'totp',
    cells: setUp,
    drive: async (visit) => {
      const { browser, site } = visit
      await firstOnly(visit)
      const { setupId, secret } = (await browser.post('/auth/totp/setup')).json
      const code = typeof secret === 'string' ? phoneOf(secret, site.clock).code() : '123456'
      return browser.post('/auth/totp/confirm', { setupId: String(setupId), code })
    },
  },
]

export const drivers: readonly Driver[] = [...first, ...accounts, ...second]
