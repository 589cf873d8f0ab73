/** What begins with a mail, in a real browser, from the form over a real SMTP server to the end; with and without JavaScript. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import { startDemo, temporaryDatabase } from '../demo/process.ts'
import { readable, startSmtpServer, type TestServer } from '../mail/smtp-place.ts'
import { useChromium } from './chromium.ts'
import { email, login, passphrase, register, submit, whereabouts } from './steps.ts'

const visit = useChromium()

/** The latest mail to an address whose text fits, as soon as the server has it. */
async function mailTo(post: TestServer, to: string, fits: RegExp): Promise<string> {
  for (let looks = 0; looks < 100; looks++) {
    const found = post.received
      .filter((mail) => mail.to.includes(to))
      .map(readable)
      .findLast((mail) => fits.test(mail))
    if (found !== undefined) return found
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error(`No mail like ${fits} has come to ${to}.`)
}

/** Opens the link of a mail. */
async function open(page: Page, mail: string): Promise<void> {
  await page.goto(/https?:\S+token=[\w-]+/.exec(mail)?.[0] ?? '')
}

async function said(page: Page): Promise<string> {
  return String(await page.locator('main').textContent())
}

for (const javaScriptEnabled of [true, false]) {
  const how = `with JavaScript ${javaScriptEnabled ? 'on' : 'off'}`

  test(`${how}, a registration waits for its mail; in another browser it asks for the password, or is dropped`, async (t) => {
    const post = await startSmtpServer(t)
    const demo = await startDemo(t, { DEMO_DB: temporaryDatabase(t), SMTP_URL: post.url, DEMO_CONFIRM: '1' })
    const { page, complaints } = await visit({ javaScriptEnabled })
    await register(page, demo)
    assert.equal(whereabouts(page), '/auth/confirm-email')
    assert.match(await said(page), /We have sent you a mail/)
    const mail = await mailTo(post, email, /confirm-email/)

    const other = await visit({ javaScriptEnabled })
    await open(other.page, mail)
    await other.page.getByLabel('The password that you chose').fill('not the right passphrase')
    await submit(other.page, 'Confirm address')
    assert.match(await said(other.page), /This is not right/)
    await open(page, mail)
    await submit(page, 'Confirm address')
    assert.equal(whereabouts(page), '/auth/login')
    await login(page)
    assert.match(await said(page), /You are logged in as ada@example\.com/)

    await other.page.goto(`${demo.origin}/auth/register`)
    await other.page.getByLabel('E-mail address').fill('eve@example.com')
    await other.page.getByLabel('Password', { exact: true }).fill(passphrase)
    await submit(other.page, 'Create account')
    const owner = await visit({ javaScriptEnabled })
    await open(owner.page, await mailTo(post, 'eve@example.com', /confirm-email/))
    await submit(owner.page, 'I did not choose a password')
    assert.equal(whereabouts(owner.page), '/auth/register')
    assert.deepEqual([...complaints, ...other.complaints, ...owner.complaints], [])
  })

  test(`${how}, a forgotten password, a login by mail and a changed address go from form to mail and back`, async (t) => {
    const post = await startSmtpServer(t)
    const demo = await startDemo(t, { DEMO_DB: temporaryDatabase(t), SMTP_URL: post.url })
    const { page, complaints } = await visit({ javaScriptEnabled })
    await register(page, demo)
    await submit(page, 'Log out')

    await page.goto(`${demo.origin}/auth/login`)
    await page.getByRole('link', { name: 'Forgotten your password?' }).click()
    await page.getByLabel('E-mail address').fill(email)
    await submit(page, 'Send me a link')
    await open(page, await mailTo(post, email, /reset-password/))
    await page.getByLabel('New password').fill('another quite honest phrase')
    await submit(page, 'Set password')
    assert.equal(whereabouts(page), '/auth/login')

    await page.goto(`${demo.origin}/members`)
    await page.getByRole('link', { name: 'Log in by mail' }).click()
    await page.getByLabel('E-mail address').fill(email)
    await submit(page, 'Send me a mail')
    const mail = await mailTo(post, email, /magic-link/)
    const code = /^[2-9A-Z]{4}-[2-9A-Z]{4}$/m.exec(mail)?.[0] ?? ''
    assert.equal(await page.getByLabel('E-mail address').inputValue(), email)
    await page.getByLabel('Code from the mail').fill(code.toLowerCase())
    await submit(page, 'Log in')
    assert.match(await said(page), /You are logged in as ada@example\.com|New note/)

    await page.goto(`${demo.origin}/auth/change-email`)
    await page.getByLabel('New e-mail address').fill('lovelace@example.com')
    await submit(page, 'Send a link to it')
    await open(page, await mailTo(post, 'lovelace@example.com', /change-email/))
    await submit(page, 'Use this address')
    await page.goto(`${demo.origin}/auth/change-email`)
    assert.match(await said(page), /Your address is lovelace@example\.com/)
    await open(page, await mailTo(post, email, /change-email\/undo/))
    await submit(page, 'Take the change back')
    assert.equal(whereabouts(page), '/auth/forgot-password')
    await page.goto(`${demo.origin}/members`)
    assert.equal(whereabouts(page), '/auth/login?next=%2Fmembers')
    assert.deepEqual(complaints, [])
  })
}
