/** The demo in a real browser: the whole flow, with and without JavaScript, by mouse and by keyboard. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startDemo, temporaryDatabase } from '../demo/process.ts'
import { useChromium } from './chromium.ts'
import { advance, email, focused, login, passphrase, register, submit, whereabouts } from './steps.ts'

const visit = useChromium()

for (const javaScriptEnabled of [true, false]) {
  test(`with JavaScript ${javaScriptEnabled ? 'on' : 'off'}, the whole flow works and the browser complains of nothing`, async (t) => {
    const demo = await startDemo(t, { DEMO_DB: temporaryDatabase(t) })
    const { page, complaints } = await visit({ javaScriptEnabled })

    await register(page, demo)
    assert.equal(whereabouts(page), '/')
    assert.match(String(await page.locator('main').textContent()), /You are logged in as ada@example\.com/)
    await submit(page, 'Log out')
    assert.match(String(await page.locator('main').textContent()), /You are not logged in/)

    await page.getByRole('link', { name: /^Members/ }).click()
    assert.equal(whereabouts(page), '/auth/login?next=%2Fmembers')
    await login(page, 'not the right passphrase')
    assert.match(String(await page.getByRole('alert').textContent()), /do not match an account/)
    assert.equal(await page.getByLabel('E-mail address').inputValue(), email)
    assert.equal(await page.getByLabel('Password', { exact: true }).inputValue(), '')
    await login(page)
    assert.equal(whereabouts(page), '/members', 'sent back to the page that was wanted')

    await page.getByLabel('New note').fill('<b>bold</b>')
    await submit(page, 'Keep it')
    assert.match(String(await page.locator('.lines').textContent()), /<b>bold<\/b>/)

    const refused = await page.goto(`${demo.origin}/admin`)
    assert.equal(refused?.status(), 403)
    assert.equal(await page.locator('h1').textContent(), 'Not allowed')

    const other = await visit({ javaScriptEnabled })
    await other.page.goto(`${demo.origin}/members`)
    await login(other.page)
    assert.equal(whereabouts(other.page), '/members')

    await page.goto(`${demo.origin}/auth/sessions`)
    assert.equal(await page.locator('.lines li').count(), 2)
    await page.goto(`${demo.origin}/auth/change-password`)
    await page.getByLabel('Current password').fill(passphrase)
    await page.getByLabel('New password').fill('another quite honest phrase')
    await submit(page, 'Change password')
    assert.equal((await page.goto(`${demo.origin}/members`))?.status(), 200)
    await other.page.goto(`${demo.origin}/members`)
    assert.equal(whereabouts(other.page), '/auth/login?next=%2Fmembers', 'the other session ended')
    await login(other.page, 'another quite honest phrase')
    assert.equal(whereabouts(other.page), '/members')

    await submit(page, 'Log out')
    await page.goto(`${demo.origin}/members`)
    assert.equal(whereabouts(page), '/auth/login?next=%2Fmembers')
    assert.deepEqual([...complaints, ...other.complaints], [])
  })

  test(`with JavaScript ${javaScriptEnabled ? 'on' : 'off'}, settings ask for the password after eleven minutes and then open`, async (t) => {
    const demo = await startDemo(t, { DEMO_DB: temporaryDatabase(t) })
    const { page, complaints } = await visit({ javaScriptEnabled })
    await register(page, demo)
    await page.goto(`${demo.origin}/settings`)
    assert.equal(whereabouts(page), '/settings')
    await advance(demo, '11m')
    await page.goto(`${demo.origin}/settings`)
    assert.equal(whereabouts(page), '/auth/verify?next=%2Fsettings')
    await page.getByLabel('Password', { exact: true }).fill('not the right passphrase')
    await submit(page, 'Confirm')
    assert.equal(await page.getByLabel('Password', { exact: true }).inputValue(), '')
    await page.getByLabel('Password', { exact: true }).fill(passphrase)
    await submit(page, 'Confirm')
    assert.equal(whereabouts(page), '/settings')
    assert.equal(await page.locator('h1').textContent(), 'Settings')
    assert.deepEqual(complaints, [])
  })
}

test('an administrator sees who has an account, and ends a session elsewhere', async (t) => {
  const demo = await startDemo(t, { DEMO_DB: temporaryDatabase(t) })
  const [{ page, complaints }, other] = [await visit(), await visit()]
  for (const visitor of [page, other.page]) {
    await visitor.goto(`${demo.origin}/admin`)
    await login(visitor, demo.adminPassword, 'admin@example.com')
    assert.equal(whereabouts(visitor), '/admin')
  }
  assert.match(String(await page.locator('.lines').textContent()), /admin@example\.com/)
  await page.getByRole('link', { name: 'Where you are logged in' }).click()
  await submit(page, 'Log out everywhere else')
  assert.equal(await page.locator('.lines li').count(), 1)
  await other.page.goto(`${demo.origin}/admin`)
  assert.equal(whereabouts(other.page), '/auth/login?next=%2Fadmin')
  assert.deepEqual([...complaints, ...other.complaints], [])
})

test('login needs nothing but the keyboard', async (t) => {
  const demo = await startDemo(t, { DEMO_DB: temporaryDatabase(t) })
  const { page } = await visit()
  await page.goto(`${demo.origin}/members`)
  assert.equal(await focused(page), 'email')
  await page.keyboard.type('admin@example.com')
  await page.keyboard.press('Tab')
  assert.equal(await focused(page), 'password')
  await page.keyboard.type(demo.adminPassword)
  const answered = page.waitForURL('**/members')
  await page.keyboard.press('Enter')
  await answered
  assert.equal(await page.locator('h1').textContent(), 'Members')
})

test('a refused registration has the focus on the first field in error, and refills all but the password', async (t) => {
  const demo = await startDemo(t, { DEMO_DB: temporaryDatabase(t) })
  const { page, complaints } = await visit()
  await page.goto(`${demo.origin}/auth/register`)
  await page.getByLabel('E-mail address').fill(email)
  await page.getByLabel('Password', { exact: true }).fill('short')
  await submit(page, 'Create account')
  assert.equal(await focused(page), 'password')
  const password = page.getByLabel('Password', { exact: true })
  assert.equal(await password.getAttribute('aria-invalid'), 'true')
  assert.equal(await password.inputValue(), '')
  assert.equal(await page.getByLabel('E-mail address').inputValue(), email)

  await page.getByLabel('E-mail address').fill('admin@example.com')
  await password.fill(passphrase)
  await submit(page, 'Create account')
  assert.equal(await focused(page), 'email')
  assert.equal(await page.getByLabel('E-mail address').inputValue(), 'admin@example.com')
  assert.deepEqual(complaints, [])
})

test('a password is shown and hidden on request, and masked again when it is sent', async (t) => {
  const demo = await startDemo(t, { DEMO_DB: temporaryDatabase(t) })
  const { page, complaints } = await visit()
  await page.goto(`${demo.origin}/auth/login`)
  const password = page.locator('input[name=password]')
  await password.fill('secret')
  await page.getByRole('button', { name: 'Show Password' }).click()
  assert.equal(await password.getAttribute('type'), 'text')
  await page.getByRole('button', { name: 'Hide Password' }).click()
  assert.equal(await password.getAttribute('type'), 'password')
  await page.getByRole('button', { name: 'Show Password' }).click()
  await page.evaluate(`document.querySelector('form').addEventListener('submit', (event) => event.preventDefault())`)
  await page.getByLabel('E-mail address').fill(email)
  await page.getByRole('button', { name: 'Log in', exact: true }).click()
  assert.equal(await password.getAttribute('type'), 'password')
  assert.deepEqual(complaints, [])
})

test('Caps Lock is told while a password is typed, and no longer', async (t) => {
  const demo = await startDemo(t, { DEMO_DB: temporaryDatabase(t) })
  const { page } = await visit()
  await page.goto(`${demo.origin}/auth/login`)
  const hint = page.locator('.caps-lock')
  // Automation has no Caps Lock key that sticks, so the event is made by hand.
  const press = (on: boolean) =>
    page.evaluate(
      `document.querySelector('[name=password]').dispatchEvent(new KeyboardEvent('keydown', { key: 'A', bubbles: true, modifierCapsLock: ${on} }))`,
    )
  assert.equal(await hint.textContent(), '')
  await press(true)
  assert.equal(await hint.textContent(), 'Caps Lock is on.')
  await press(false)
  assert.equal(await hint.textContent(), '')
})

test('a login form that is sent twice logs in once', async (t) => {
  const demo = await startDemo(t, { DEMO_DB: temporaryDatabase(t) })
  const { page } = await visit()
  let logins = 0
  page.on('request', (request) => {
    if (request.method() === 'POST') logins += 1
  })
  await page.goto(`${demo.origin}/auth/login?next=%2Fmembers`)
  await page.getByLabel('E-mail address').fill('admin@example.com')
  await page.getByLabel('Password', { exact: true }).fill(demo.adminPassword)
  const answered = page.waitForURL('**/members')
  await page.evaluate(`{ const button = document.querySelector('button.main'); button.click(); button.click() }`)
  await answered
  assert.equal(logins, 1)
})
