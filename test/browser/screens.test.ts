/** Every page at two widths, light and dark: none scrolls sideways. With `PORTCULLIS_SCREENSHOTS=<folder>` they are kept as pictures. */
import assert from 'node:assert/strict'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import { startDemo, temporaryDatabase } from '../demo/process.ts'
import { useChromium } from './chromium.ts'
import { advance, email, login, passphrase, register, submit } from './steps.ts'

const folder = process.env.PORTCULLIS_SCREENSHOTS ?? ''
const visit = useChromium()

test('no page scrolls sideways, wide or narrow, light or dark', async (t) => {
  const demo = await startDemo(t, { DEMO_DB: temporaryDatabase(t) })
  const { page, complaints } = await visit()
  const go = (path: string) => page.goto(demo.origin + path)

  for (const path of ['/', '/auth/login', '/auth/register', '/nowhere', '/auth/logout']) {
    await go(path)
    await look(page, `visitor${path === '/' ? '-home' : path.replaceAll('/', '-')}`)
  }
  await go('/auth/login')
  await login(page, 'not the right passphrase')
  await look(page, 'visitor-auth-login-refused')
  await go('/auth/register')
  await page.getByLabel('E-mail address').fill('admin@example.com')
  await page.getByLabel('Password', { exact: true }).fill('short')
  await submit(page, 'Create account')
  await look(page, 'visitor-auth-register-refused')

  await register(page, demo)
  for (const path of ['/', '/members', '/admin', '/settings', '/auth/sessions', '/auth/change-password', '/auth/logout']) {
    await go(path)
    await look(page, `member${path === '/' ? '-home' : path.replaceAll('/', '-')}`)
  }
  await go('/auth/change-password')
  await page.getByLabel('Current password').fill(passphrase)
  await page.getByLabel('New password').fill(`${email}${email}`)
  await submit(page, 'Change password')
  await look(page, 'member-auth-change-password-refused')
  await go('/members')
  for (const note of ['Buy milk', 'word'.repeat(40)]) {
    await page.getByLabel('New note').fill(note)
    await submit(page, 'Keep it')
  }
  await look(page, 'member-members-notes')
  await demo.browser().post('/auth/login', { email, password: passphrase })
  await go('/auth/sessions')
  await look(page, 'member-auth-sessions-two')
  await advance(demo, '11m')
  await go('/settings')
  await look(page, 'member-auth-verify')
  await page.getByLabel('Password', { exact: true }).fill('not the right passphrase')
  await submit(page, 'Confirm')
  await look(page, 'member-auth-verify-refused')

  await page.context().clearCookies()
  await go('/admin')
  await login(page, demo.adminPassword, 'admin@example.com')
  await look(page, 'admin-admin')
  assert.deepEqual(complaints, [])
})

async function look(page: Page, name: string): Promise<void> {
  for (const width of [1280, 320]) {
    await page.setViewportSize({ width, height: 800 })
    const over = await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth')
    assert.equal(over, 0, `${name} is ${over} pixels too wide at ${width}`)
    if (folder === '') continue
    mkdirSync(folder, { recursive: true })
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      await page.screenshot({ path: join(folder, `${name}-${width}-${colorScheme}.png`), fullPage: true })
    }
  }
}
