/** Confirming an address in a real browser, from the registration by way of the mailbox to the login, with and without JavaScript. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import { english } from '../../src/texts/english.ts'
import { type Demo, startDemo, temporaryDatabase } from '../demo/process.ts'
import { useChromium } from './chromium.ts'
import { email, login, passphrase, register, submit, whereabouts } from './steps.ts'

const visit = useChromium()

/** Opens the newest mail of the demo's mailbox by its link. */
async function openMail(page: Page, demo: Demo): Promise<void> {
  await page.goto(`${demo.origin}/dev/mailbox`)
  await page
    .getByRole('link', { name: /confirm-email\?token=/ })
    .first()
    .click()
}

for (const javaScriptEnabled of [true, false]) {
  test(`with JavaScript ${javaScriptEnabled ? 'on' : 'off'}, a mailed link makes the account, in this browser or by the password in another`, async (t) => {
    const demo = await startDemo(t, { DEMO_DB: temporaryDatabase(t), DEMO_CONFIRM: '1' })
    const { page, complaints } = await visit({ javaScriptEnabled })
    await register(page, demo)
    assert.equal(whereabouts(page), '/auth/confirm-email/resend?sent=registered')
    assert.match(String(await page.getByRole('status').first().textContent()), /a mail is on its way to you/)
    await page.getByLabel('E-mail address').fill(email)
    await submit(page, 'Send me another mail')
    assert.match(String(await page.getByRole('status').first().textContent()), /another mail with a link is on its way/)

    const other = await visit({ javaScriptEnabled })
    await openMail(other.page, demo)
    await other.page.getByLabel('Password', { exact: true }).fill('not the right passphrase')
    await submit(other.page, 'Confirm')
    assert.match(String(await other.page.locator('#error-password').textContent()), /This is not right/)
    assert.equal(await other.page.getByLabel('Password', { exact: true }).inputValue(), '')

    await openMail(page, demo)
    assert.equal(await page.getByLabel('Password', { exact: true }).count(), 0)
    await submit(page, 'Confirm')
    assert.equal(whereabouts(page), '/auth/login')
    await login(page)
    assert.match(String(await page.locator('main').textContent()), /You are logged in as ada@example\.com/)

    await other.page.getByLabel('Password', { exact: true }).fill(passphrase)
    await submit(other.page, 'Confirm')
    assert.match(String(await other.page.locator('main').textContent()), /This link has expired or was used already/)
    assert.deepEqual([...complaints, ...other.complaints], [])
  })

  test(`with JavaScript ${javaScriptEnabled ? 'on' : 'off'}, whoever did not choose the password registers anew and is logged in`, async (t) => {
    const demo = await startDemo(t, { DEMO_DB: temporaryDatabase(t), DEMO_CONFIRM: '1' })
    await demo.browser().post('/auth/register', { email, password: 'planted by somebody else' })
    const { page, complaints } = await visit({ javaScriptEnabled })
    await openMail(page, demo)
    await submit(page, english['confirm_email.not_mine'])
    assert.equal(whereabouts(page), '/auth/register')
    await register(page, demo)
    assert.match(String(await page.locator('main').textContent()), /You are logged in as ada@example\.com/)
    assert.equal((await demo.browser().post('/auth/login', { email, password: 'planted by somebody else' })).status, 401)
    assert.deepEqual(complaints, [])
  })
}
