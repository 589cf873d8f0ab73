/** An account's life in a real browser, with and without JavaScript: staying logged in, a login from elsewhere, its history, its end. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { BrowserContext, Page } from 'playwright-core'
import { startDemo, temporaryDatabase } from '../demo/process.ts'
import { useChromium } from './chromium.ts'
import { advance, email, follow, login, passphrase, register, submit, whereabouts } from './steps.ts'

const visit = useChromium()

async function said(page: Page): Promise<string> {
  return String(await page.locator('main').textContent())
}

/** Closes the browser and opens it again: what ends with it is gone. */
async function reopen(context: BrowserContext): Promise<void> {
  const lasting = (await context.cookies()).filter(({ expires }) => expires > 0)
  await context.clearCookies()
  await context.addCookies(lasting)
}

for (const javaScriptEnabled of [true, false]) {
  const how = `with JavaScript ${javaScriptEnabled ? 'on' : 'off'}`

  test(`${how}, a browser stays logged in when it is reopened, until it is forgotten`, async (t) => {
    const demo = await startDemo(t, { DEMO_DB: temporaryDatabase(t) })
    const { page, complaints } = await visit({ javaScriptEnabled })
    await register(page, demo)
    await page.context().clearCookies()
    await page.goto(`${demo.origin}/members`)
    await page.getByLabel('Stay logged in on this device').check()
    await login(page)
    assert.equal(whereabouts(page), '/members')
    await reopen(page.context())
    await page.goto(`${demo.origin}/members`)
    assert.equal(whereabouts(page), '/members')
    await page.goto(`${demo.origin}/settings`)
    assert.match(await said(page), /Confirm that it is you|password/i) // resumed is not fresh
    await page.goto(`${demo.origin}/auth/devices`)
    assert.match(await said(page), /Chrome on Linux.*This device/s)
    await submit(page, 'Forget Chrome on Linux')
    assert.match(await said(page), /You are not logged in/) // nothing but the token had proved the session
    await page.goto(`${demo.origin}/members`)
    assert.match(whereabouts(page), /^\/auth\/login/)
    assert.deepEqual(complaints, [])
  })

  test(`${how}, tabs that are restored together are all led on, and the browser stays logged in`, async (t) => {
    const demo = await startDemo(t, { DEMO_DB: temporaryDatabase(t) })
    const { page, complaints } = await visit({ javaScriptEnabled })
    await register(page, demo)
    await page.context().clearCookies()
    await page.goto(`${demo.origin}/members`)
    await page.getByLabel('Stay logged in on this device').check()
    await login(page)
    await reopen(page.context())
    const tabs = await Promise.all(Array.from({ length: 6 }, () => page.context().newPage()))
    await Promise.all(tabs.map((tab) => tab.goto(`${demo.origin}/members`)))
    for (const tab of tabs) assert.equal(whereabouts(tab), '/members')
    await reopen(page.context())
    await page.goto(`${demo.origin}/members`)
    assert.equal(whereabouts(page), '/members')
    assert.deepEqual(complaints, [])
  })

  test(`${how}, a login from elsewhere is told, disowned, and followed by a new password`, async (t) => {
    const demo = await startDemo(t, { DEMO_DB: temporaryDatabase(t) })
    const { page, complaints } = await visit({ javaScriptEnabled })
    await register(page, demo)
    const thief = await visit({ javaScriptEnabled })
    await thief.page.goto(`${demo.origin}/auth/login`)
    await login(thief.page)
    await follow(demo, page, 'login.new_device')
    await submit(page, 'This was not me')
    assert.match(await said(page), /You are logged out everywhere/)
    await thief.page.goto(`${demo.origin}/members`)
    assert.match(whereabouts(thief.page), /^\/auth\/login/)
    await follow(demo, page, 'login.disowned')
    await page.getByLabel('New password', { exact: true }).fill(`${passphrase} anew`)
    await submit(page, 'Set password')
    await login(page, `${passphrase} anew`)
    assert.match(await said(page), /You are logged in as/)
    await page.goto(`${demo.origin}/auth/history`)
    assert.match(await said(page), /A login was not yours/)
    assert.deepEqual(complaints, [])
  })

  test(`${how}, an account is deleted, kept by its mail, deleted again, and gone`, async (t) => {
    const demo = await startDemo(t, { DEMO_DB: temporaryDatabase(t) })
    const { page, complaints } = await visit({ javaScriptEnabled })
    await register(page, demo)
    await page.goto(`${demo.origin}/auth/account/delete`)
    await submit(page, 'Delete account')
    assert.match(await said(page), /You are not logged in/)
    await follow(demo, page, 'account.deletion')
    await submit(page, 'Keep the account')
    assert.match(await said(page), /Your account stays/)
    await page.goto(`${demo.origin}/auth/account/delete`)
    await login(page)
    await submit(page, 'Delete account')
    await advance(demo, '15d')
    await page.goto(`${demo.origin}/auth/login`)
    await login(page)
    assert.match(await said(page), /You are logged in as/) // nothing has purged it yet: a login calls it off
    assert.deepEqual(complaints, [])
  })

  test(`${how}, an administrator finds an account and puts it out of use`, async (t) => {
    const demo = await startDemo(t, { DEMO_DB: temporaryDatabase(t) })
    const { page, complaints } = await visit({ javaScriptEnabled })
    await register(page, demo)
    const { page: admin } = await visit({ javaScriptEnabled })
    await admin.goto(`${demo.origin}/admin`)
    await login(admin, demo.adminPassword, 'admin@example.com')
    await admin.getByLabel('Address begins with').fill('ad')
    await submit(admin, 'Search')
    await admin.getByRole('link', { name: email }).click()
    await admin.getByRole('button', { name: 'Put out of use' }).click()
    await admin.getByRole('button', { name: 'Put into use' }).waitFor()
    await page.goto(`${demo.origin}/members`)
    assert.match(whereabouts(page), /^\/auth\/login/)
    await admin.getByRole('button', { name: 'Put into use' }).click()
    await admin.getByRole('button', { name: 'Put out of use' }).waitFor()
    await login(page)
    assert.equal(whereabouts(page), '/members')
    assert.deepEqual(complaints, [])
  })
}
