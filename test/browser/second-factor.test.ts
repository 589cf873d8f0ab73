/** A phone as second factor in a real browser: set up by the picture on the screen, used, lost, replaced; with and without JavaScript. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import { type Demo, startDemo, temporaryDatabase } from '../demo/process.ts'
import { useChromium } from './chromium.ts'
import { linkedUri, nextCode, scan } from './phone.ts'
import { email, login, register, submit, whereabouts } from './steps.ts'

const visit = useChromium()

async function said(page: Page): Promise<string> {
  return String(await page.locator('main').textContent())
}

/** The codes that the page shows. */
async function shownCodes(page: Page): Promise<readonly string[]> {
  return page.locator('.codes li').allTextContents()
}

async function fillCode(page: Page, code: string): Promise<void> {
  await page.getByLabel('Code', { exact: true }).fill(code)
}

/** Fills in the page to set one up that is shown, with a phone that knows the URI. */
async function setUp(page: Page, demo: Demo, name: string, uri: string): Promise<void> {
  await fillCode(page, await nextCode(demo, uri))
  await page.getByLabel(/^Name of the app/).fill(name)
  await submit(page, 'Set up')
}

/** A member who has a phone, and the codes that came along; at the page that shows these. */
async function enrolled(page: Page, demo: Demo): Promise<{ readonly uri: string; readonly codes: readonly string[] }> {
  await register(page, demo)
  await page.goto(`${demo.origin}/auth/totp/setup`)
  const uri = await linkedUri(page)
  await setUp(page, demo, 'Pocket', uri)
  return { uri, codes: await shownCodes(page) }
}

for (const javaScriptEnabled of [true, false]) {
  const how = `with JavaScript ${javaScriptEnabled ? 'on' : 'off'}`

  test(`${how}, a phone that scans the screen sets up a second factor, and the page that wanted it opens`, async (t) => {
    const demo = await startDemo(t, { DEMO_DB: temporaryDatabase(t) })
    const { page, complaints } = await visit({ javaScriptEnabled })
    await register(page, demo)
    await page.goto(`${demo.origin}/vault`)
    assert.equal(whereabouts(page), '/auth/totp/setup?next=%2Fvault')
    const uri = await scan(page)
    assert.match(uri, /^otpauth:\/\/totp\/Portcullis%20demo:ada%40example\.com\?secret=[A-Z2-7]{32}&issuer=Portcullis%20demo$/)
    await page.locator('summary').click()
    const key = await page.locator('details b').textContent()
    assert.equal(key?.replaceAll(' ', ''), new URL(uri).searchParams.get('secret'))

    await fillCode(page, '000000')
    await submit(page, 'Set up')
    assert.match(await said(page), /This is not right/)
    assert.equal(await scan(page), uri, 'a typing error costs no new picture')
    await page.emulateMedia({ colorScheme: 'dark' })
    assert.equal(await scan(page), uri, 'it is read in the dark too')
    assert.equal(await linkedUri(page), uri)
    await setUp(page, demo, 'Pocket', uri)
    assert.equal(whereabouts(page), '/auth/recovery-codes?next=%2Fvault')
    const codes = await shownCodes(page)
    assert.equal(new Set(codes).size, 10)
    for (const code of codes) assert.match(code, /^([A-Z2-7]{4}-){3}[A-Z2-7]{4}$/)
    await page.getByRole('link', { name: 'I have kept them' }).click()
    assert.equal(whereabouts(page), '/vault')

    await page.goto(`${demo.origin}/auth/recovery-codes`)
    assert.match(await said(page), /Codes left: 10\./)
    assert.deepEqual(await shownCodes(page), [], 'they are shown once')
    await page.goto(`${demo.origin}/auth/totp`)
    assert.match(await said(page), /Pocket.*Last used/s)
    assert.deepEqual(complaints, [])
  })

  test(`${how}, the code is asked for at the next login, not on a trusted device, but where a page wants it proven`, async (t) => {
    const demo = await startDemo(t, { DEMO_DB: temporaryDatabase(t) })
    const { page, complaints } = await visit({ javaScriptEnabled })
    const { uri } = await enrolled(page, demo)
    await page.context().clearCookies()
    await page.goto(`${demo.origin}/members`)
    await login(page)
    assert.equal(whereabouts(page), '/auth/second-factor')
    await page.goto(`${demo.origin}/members`)
    assert.match(whereabouts(page), /^\/auth\/login/, 'nothing is half open')
    await page.getByLabel('Stay logged in on this device').check()
    await login(page)
    await page.getByRole('link', { name: 'Authenticator app' }).click()
    assert.equal(whereabouts(page), '/auth/totp/verify')
    assert.equal(await page.getByLabel('Stay logged in on this device').count(), 0, 'that was wished for')
    await fillCode(page, '000000')
    await submit(page, 'Go on')
    assert.match(await said(page), /This is not right/)
    await fillCode(page, await nextCode(demo, uri))
    await page.getByLabel(/^Do not ask for/).check()
    await submit(page, 'Go on')
    assert.equal(whereabouts(page), '/members')
    await page.goto(`${demo.origin}/auth/devices`)
    assert.match(await said(page), /Chrome on Linux.*This device/s)

    await page.goto(demo.origin)
    await submit(page, 'Log out')
    await page.goto(`${demo.origin}/members`)
    await login(page)
    assert.equal(whereabouts(page), '/members', 'this browser is trusted')
    await page.goto(`${demo.origin}/vault`)
    assert.equal(whereabouts(page), '/auth/verify?next=%2Fvault')
    await page
      .locator('form')
      .first()
      .getByRole('textbox', { name: 'Authenticator app' })
      .fill(await nextCode(demo, uri))
    const answered = page.waitForEvent('domcontentloaded')
    await page.locator('form').first().getByRole('button', { name: 'Confirm', exact: true }).click()
    await answered
    assert.equal(whereabouts(page), '/vault')

    await page.goto(`${demo.origin}/auth/trusted-devices`)
    assert.match(await said(page), /Chrome on Linux.*This device/s)
    await submit(page, 'Forget Chrome on Linux')
    assert.match(await said(page), /asked for on every device/)
    await page.goto(demo.origin)
    await submit(page, 'Log out')
    await page.goto(`${demo.origin}/members`)
    await login(page)
    assert.equal(whereabouts(page), '/auth/second-factor')
    assert.deepEqual(complaints, [])
  })

  test(`${how}, whoever lost the phone gets in by a recovery code, and sets up another one`, async (t) => {
    const demo = await startDemo(t, { DEMO_DB: temporaryDatabase(t) })
    const { page, complaints } = await visit({ javaScriptEnabled })
    const lost = await enrolled(page, demo)
    const [code = ''] = lost.codes
    await page.context().clearCookies()
    await page.goto(`${demo.origin}/members`)
    await login(page)
    await page.getByRole('link', { name: 'Authenticator app' }).click()
    await page.getByRole('link', { name: 'Recovery codes' }).click() // another way, from where one is stuck
    assert.equal(whereabouts(page), '/auth/recovery-codes/use')
    await page.getByLabel('Recovery code', { exact: true }).fill(code.toLowerCase().replaceAll('-', ' '))
    await submit(page, 'Go on')
    assert.equal(whereabouts(page), '/members')

    await page.goto(`${demo.origin}/auth/totp`)
    await submit(page, 'Remove Pocket')
    assert.match(await said(page), /You have set up none/)
    await page.getByRole('link', { name: 'Set one up' }).click()
    const uri = await scan(page)
    await setUp(page, demo, 'New one', uri)
    assert.notEqual(uri, lost.uri)
    assert.equal(new Set([...lost.codes, ...(await shownCodes(page))]).size, 20, 'with codes of its own')

    await page.context().clearCookies()
    await page.goto(`${demo.origin}/members`)
    await login(page)
    await page.getByRole('link', { name: 'Recovery codes' }).click()
    await page.getByLabel('Recovery code', { exact: true }).fill(code)
    await submit(page, 'Go on')
    assert.match(await said(page), /This is not right/, 'it is void')
    await page.getByRole('link', { name: 'Authenticator app' }).click()
    await fillCode(page, await nextCode(demo, lost.uri))
    await submit(page, 'Go on')
    assert.match(await said(page), /This is not right/, 'whoever found the phone')
    await fillCode(page, await nextCode(demo, uri))
    await submit(page, 'Go on')
    assert.equal(whereabouts(page), '/members')
    assert.deepEqual(complaints, [])
  })

  test(`${how}, codes are downloaded as a file, and new ones made`, async (t) => {
    const demo = await startDemo(t, { DEMO_DB: temporaryDatabase(t) })
    const { page, complaints } = await visit({ javaScriptEnabled })
    const { codes } = await enrolled(page, demo)
    const coming = page.waitForEvent('download')
    await page.getByRole('link', { name: 'Download as a file' }).click()
    const file = await coming
    assert.equal(file.suggestedFilename(), 'recovery-codes.txt')
    assert.deepEqual(readFileSync(await file.path(), 'utf8').split('\n'), codes)
    await page.goto(`${demo.origin}/auth/recovery-codes`)
    await submit(page, 'Make new codes')
    const others = await shownCodes(page)
    assert.equal(new Set([...codes, ...others]).size, 20)
    await page.reload()
    assert.deepEqual(await shownCodes(page), [])
    assert.deepEqual(complaints, [])
  })
}

test('codes are copied and printed by buttons that are there only where a script runs', async (t) => {
  const demo = await startDemo(t, { DEMO_DB: temporaryDatabase(t) })
  const [scripted, plain] = [await visit({ permissions: ['clipboard-read', 'clipboard-write'] }), await visit({ javaScriptEnabled: false })]
  await scripted.page.addInitScript('window.print = () => { window.printed = true }')
  const { codes } = await enrolled(scripted.page, demo)
  await scripted.page.getByRole('button', { name: 'Copy' }).click()
  await scripted.page.getByText('Copied.').waitFor()
  assert.equal(await scripted.page.evaluate('navigator.clipboard.readText()'), codes.join('\n'))
  await scripted.page.getByRole('button', { name: 'Print' }).click()
  assert.equal(await scripted.page.evaluate('window.printed'), true)
  await scripted.page.emulateMedia({ media: 'print' })
  assert.equal(await scripted.page.getByText(codes[0] ?? '').isVisible(), true)
  assert.equal(await scripted.page.getByText(email).isVisible(), true, 'whose they are')
  for (const aside of ['Download as a file', 'I have kept them', 'Copy', 'Print'])
    assert.equal(await scripted.page.getByText(aside, { exact: true }).isVisible(), false, aside)

  await plain.page.goto(`${demo.origin}/auth/login`)
  await login(plain.page)
  await plain.page.getByRole('link', { name: 'Recovery codes' }).click()
  await plain.page.getByLabel('Recovery code', { exact: true }).fill(codes[0] ?? '')
  await submit(plain.page, 'Go on')
  await plain.page.goto(`${demo.origin}/auth/recovery-codes`)
  await submit(plain.page, 'Make new codes')
  assert.equal((await shownCodes(plain.page)).length, 10)
  for (const name of ['Copy', 'Print']) assert.equal(await plain.page.getByRole('button', { name }).count(), 0, name)
  assert.deepEqual([...scripted.complaints, ...plain.complaints], [])
})

test('where copying is not allowed, the codes are selected for whoever wants to copy them by hand', async (t) => {
  const demo = await startDemo(t, { DEMO_DB: temporaryDatabase(t) })
  const { page, complaints } = await visit()
  await page.addInitScript(`navigator.clipboard.writeText = () => Promise.reject(new DOMException('no', 'NotAllowedError'))`)
  const { codes } = await enrolled(page, demo)
  await page.getByRole('button', { name: 'Copy' }).click()
  const selected = async (): Promise<string> => String(await page.evaluate('String(getSelection())'))
  for (let looks = 0; looks < 100 && (await selected()) === ''; looks++) await page.waitForTimeout(20)
  assert.deepEqual((await selected()).match(/[A-Z2-7-]{19}/g), codes)
  assert.deepEqual(complaints, [])
})

test('the role staff has to set one up before any session opens', async (t) => {
  const demo = await startDemo(t, { DEMO_DB: temporaryDatabase(t) })
  const [member, admin] = [await visit(), await visit()]
  await register(member.page, demo)
  await admin.page.goto(`${demo.origin}/admin`)
  await login(admin.page, demo.adminPassword, 'admin@example.com')
  await admin.page.getByRole('link', { name: email }).click()
  await admin.page
    .getByRole('listitem')
    .filter({ hasText: /^staff/ })
    .getByRole('button', { name: 'Give' })
    .click()
  await admin.page
    .getByRole('listitem')
    .filter({ hasText: /^staff/ })
    .getByRole('button', { name: 'Take away' })
    .waitFor()

  await member.page.context().clearCookies()
  await member.page.goto(`${demo.origin}/members`)
  await login(member.page)
  assert.equal(whereabouts(member.page), '/auth/totp/setup')
  await setUp(member.page, demo, 'Pocket', await linkedUri(member.page))
  await member.page.getByRole('link', { name: 'I have kept them' }).click()
  assert.equal(whereabouts(member.page), '/members', 'on to where the login was going')
  await member.page.goto(`${demo.origin}/auth/totp`)
  await submit(member.page, 'Remove Pocket')
  assert.match(await said(member.page), /Your account must keep this one/)

  await admin.page.reload()
  assert.match(await said(admin.page), /Pocket.*Recovery codes left: 10\./s)
  await admin.page.getByRole('button', { name: 'Reset access' }).click()
  await admin.page.getByText('Recovery codes left: 0.').waitFor()
  assert.doesNotMatch(await said(admin.page), /Pocket/)
  assert.deepEqual([...member.complaints, ...admin.complaints], [])
})
