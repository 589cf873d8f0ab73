/** Ways through pages in every state of theirs, for whoever looks at all of them. */
import type { Page } from 'playwright-core'
import type { Texts } from '../../src/index.ts'
import { english } from '../../src/texts/english.ts'
import type { Demo } from '../demo/process.ts'
import { linkedUri, nextCode } from './phone.ts'
import { advance, email, follow, login, passphrase, submit } from './steps.ts'

/** What is done at each page. */
export type Look = (page: Page, name: string) => Promise<void>

/** The pages of second factors, for a member who has just registered. */
export async function factorTour(demo: Demo, page: Page, look: Look, texts: Texts = english): Promise<void> {
  const go = async (path: string, name?: string): Promise<void> => {
    await page.goto(demo.origin + path)
    if (name !== undefined) await look(page, name)
  }
  const fill = (label: string, value: string): Promise<void> => page.getByLabel(label, { exact: true }).fill(value)
  const toCode = async (): Promise<void> => {
    await page.context().clearCookies()
    await go('/auth/login?next=%2Fvault')
    await login(page, passphrase, email, texts)
  }

  await go('/auth/totp', 'totp-none')
  await go('/auth/recovery-codes', 'recovery-codes-none')
  await go('/auth/trusted-devices', 'trusted-devices-none')
  await go('/auth/totp/setup', 'totp-setup')
  await page.locator('summary').click()
  await look(page, 'totp-setup-by-hand')
  await fill(texts['totp.code'], '000000')
  await submit(page, texts['totp.confirm'])
  await page.locator('summary').click()
  await look(page, 'totp-setup-refused')
  const uri = await linkedUri(page)
  await fill(texts['totp.code'], await nextCode(demo, uri))
  await page.locator('input[name=name]').fill('Pocket')
  await submit(page, texts['totp.confirm'])
  await look(page, 'recovery-codes')
  const code = String(await page.locator('.codes li').first().textContent())
  await go('/auth/recovery-codes', 'recovery-codes-left')
  await go('/auth/totp', 'totp')
  await go('/vault', 'vault')

  await toCode()
  await look(page, 'second-factor')
  await page.getByRole('link', { name: texts['totp.label'] }).click()
  await look(page, 'totp-verify')
  await fill(texts['totp.code'], '000000')
  await submit(page, texts['totp.button'])
  await look(page, 'totp-verify-refused')
  await page.getByRole('link', { name: texts['recovery_codes.label'] }).click()
  await look(page, 'recovery-codes-use')
  await fill(texts['recovery_codes.code'], 'none of them')
  await submit(page, texts['totp.button'])
  await look(page, 'recovery-codes-use-refused')
  await fill(texts['recovery_codes.code'], code)
  await page.getByLabel(texts['trusted_devices.wish']({ days: 30 })).check()
  await submit(page, texts['totp.button'])
  await go('/auth/trusted-devices', 'trusted-devices')
  await advance(demo, '11m')
  await go('/vault', 'verify-three-ways')
  for (const way of await page.locator('summary').all()) await way.click()
  await look(page, 'verify-three-ways-open')
}

/** The pages that links in mails lead to, and the list of devices that stay logged in. Ends under another address. */
export async function mailTour(demo: Demo, page: Page, look: Look, texts: Texts = english): Promise<void> {
  const ask = async (path: string, label: string, value: string, button: string): Promise<void> => {
    await page.goto(demo.origin + path)
    await page.getByLabel(label, { exact: true }).fill(value)
    await submit(page, button)
  }
  const see = async (kind: string): Promise<void> => {
    await follow(demo, page, kind)
    await look(page, `mailed-${kind.replace(/[._]/g, '-')}`)
  }

  await page.context().clearCookies()
  await ask('/auth/forgot-password', texts['field.email'], email, texts['forgot_password.button'])
  await look(page, 'visitor-auth-forgot-password-sent')
  await see('password.reset')
  await ask('/auth/magic-link', texts['field.email'], email, texts['magic_link.button'])
  await look(page, 'visitor-auth-magic-link-sent')
  await see('magic_link.link')
  await page.goto(`${demo.origin}/auth/login`)
  await page.locator('input[name=remember]').check()
  await login(page, passphrase, email, texts)
  await page.goto(`${demo.origin}/auth/devices`)
  await look(page, 'member-auth-devices-one')
  await see('login.new_device')
  await ask('/auth/change-email', texts['change_email.new'], 'lovelace@example.com', texts['change_email.button'])
  await look(page, 'member-auth-change-email-sent')
  await see('email.change')
  await submit(page, texts['change_email.confirm_button'])
  await see('email.changed')
  await page.goto(`${demo.origin}/auth/account/delete`)
  await submit(page, texts['account.delete_button'])
  await see('account.deletion')
}
