/** Every page at two widths, light and dark: none scrolls sideways. With `PORTCULLIS_SCREENSHOTS=<folder>` they are kept as pictures. */
import assert from 'node:assert/strict'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import { texts as demoTexts } from '../../examples/demo/texts.ts'
import { english } from '../../src/texts/english.ts'
import { german } from '../../src/texts/german.ts'
import { startDemo, temporaryDatabase } from '../demo/process.ts'
import { useChromium } from './chromium.ts'
import { advance, email, login, passphrase, register, submit } from './steps.ts'
import { factorTour, mailTour } from './tours.ts'

const folder = process.env.PORTCULLIS_SCREENSHOTS ?? ''
const visit = useChromium()

const languages = [
  ['de', german],
  ['en', english],
] as const

// English pages are judged by `axe.test.ts` too, so without pictures German ones will do, whose words are longer.
for (const [tag, texts] of folder === '' ? languages.slice(0, 1) : languages) {
  test(`no page in ${tag} scrolls sideways, wide or narrow, light or dark`, async (t) => {
    const demo = await startDemo(t, { DEMO_DB: temporaryDatabase(t) })
    const { page, complaints } = await visit({ locale: tag })
    const own = demoTexts[tag]
    const go = (path: string) => page.goto(demo.origin + path)
    const show = (name: string) => look(page, `${tag}-${name}`)
    const fill = (label: string, value: string) => page.getByLabel(label, { exact: true }).fill(value)

    for (const path of [
      ...['/', '/auth/login', '/auth/register', '/auth/language', '/nowhere', '/auth/nowhere', '/auth/logout'],
      ...['/auth/forgot-password', '/auth/recover-username', '/auth/magic-link', '/auth/magic-link/redeem', '/auth/reset-password'],
    ]) {
      await go(path)
      await show(`visitor${path === '/' ? '-home' : path.replaceAll('/', '-')}`)
    }
    await go('/auth/login')
    await login(page, 'not the right passphrase', email, texts)
    await show('visitor-auth-login-refused')
    await go('/auth/register')
    await fill(texts['field.email'], 'admin@example.com')
    await fill(texts['field.password'], 'short')
    await submit(page, texts['register.button'])
    await show('visitor-auth-register-refused')

    await register(page, demo, texts)
    for (const path of [
      '/',
      '/members',
      '/admin',
      '/settings',
      '/auth/sessions',
      '/auth/change-password',
      '/auth/change-email',
      '/auth/username',
      '/auth/devices',
      '/auth/history',
      '/auth/account/deactivate',
      '/auth/account/delete',
      '/auth/not-me?done=1',
      '/auth/account/restore?done=1',
      '/auth/language',
      '/auth/logout',
    ]) {
      await go(path)
      await show(`member${path === '/' ? '-home' : path.replaceAll('/', '-')}`)
    }
    await go('/auth/change-password')
    await fill(texts['change_password.current'], passphrase)
    await fill(texts['change_password.new'], `${email}${email}`)
    await submit(page, texts['change_password.change'])
    await show('member-auth-change-password-refused')
    await go('/members')
    for (const note of ['Buy milk', 'word'.repeat(40)]) {
      await fill(own.newNote, note)
      await submit(page, own.keep)
    }
    await show('member-members-notes')
    await demo.browser().post('/auth/login', { email, password: passphrase })
    await go('/auth/sessions')
    await show('member-auth-sessions-two')
    await advance(demo, '11m')
    await go('/settings')
    await show('member-auth-verify')
    await fill(texts['field.password'], 'not the right passphrase')
    await submit(page, texts['verify.button'])
    await show('member-auth-verify-refused')

    await page.context().clearCookies()
    await go('/admin')
    await login(page, demo.adminPassword, 'admin@example.com', texts)
    await show('admin-admin')
    await page.getByRole('link', { name: email }).click()
    await page.waitForLoadState()
    await show('admin-user')
    await mailTour(demo, page, (_, name) => show(name), texts)
    assert.deepEqual(complaints, [])
  })

  test(`no page of second factors in ${tag} scrolls sideways, wide or narrow, light or dark`, async (t) => {
    const demo = await startDemo(t, { DEMO_DB: temporaryDatabase(t) })
    const { page, complaints } = await visit({ locale: tag })
    await register(page, demo, texts)
    await factorTour(demo, page, (_, name) => look(page, `${tag}-factor-${name}`), texts)
    await page.context().clearCookies()
    await page.goto(`${demo.origin}/admin`)
    await login(page, demo.adminPassword, 'admin@example.com', texts)
    await page.getByRole('link', { name: email }).click()
    await page.waitForLoadState()
    await look(page, `${tag}-admin-user-with-factors`)
    assert.deepEqual(complaints, [])
  })
}

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
