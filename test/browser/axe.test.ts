/** Every page of the demo, with the mails' pages, judged by axe-core in light and dark, then narrow, zoomed and with large text; the content policy holds meanwhile. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import axe from 'axe-core'
import type { CDPSession, Page } from 'playwright-core'
import { german } from '../../src/texts/german.ts'
import { type Demo, startDemo, temporaryDatabase } from '../demo/process.ts'
import { useChromium } from './chromium.ts'
import { advance, email, login, passphrase, register, submit } from './steps.ts'
import { factorTour, type Look, mailTour } from './tours.ts'

const visit = useChromium()

/** Through every page there is, in every state: as a visitor, refused, logged in, asked again, as administrator. */
async function tour(demo: Demo, page: Page, look: Look): Promise<void> {
  const go = async (paths: readonly string[], who: string): Promise<void> => {
    for (const path of paths) {
      await page.goto(demo.origin + path)
      await look(page, `${path} as ${who}`)
    }
  }
  await go(['/', '/auth/login', '/auth/login?next=%2Fmembers', '/auth/register', '/auth/language', '/auth/logout', '/nowhere'], 'visitor')
  await go(
    ['/auth/forgot-password', '/auth/recover-username', '/auth/magic-link', '/auth/magic-link/redeem', '/auth/reset-password'],
    'visitor',
  )
  await page.goto(`${demo.origin}/auth/login`)
  await login(page, 'not the right passphrase', 'nobody@example.com')
  await look(page, 'a refused login')
  for (let tries = 0; tries < 6; tries++) await login(page, 'not the right passphrase', 'nobody@example.com')
  await look(page, 'a login that has to wait')
  await page.goto(`${demo.origin}/auth/register`)
  await page.getByLabel('E-mail address').fill('admin@example.com')
  await page.getByLabel('Password', { exact: true }).fill('short')
  await submit(page, 'Create account')
  await look(page, 'a refused registration')

  await register(page, demo)
  await go(['/', '/members', '/admin', '/settings'], 'member')
  await go(
    [
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
      '/auth/verify',
      '/auth/language',
      '/auth/logout',
      '/auth/second-factor',
    ],
    'member',
  )
  await page.goto(`${demo.origin}/auth/change-password`)
  await page.getByLabel('Current password').fill(passphrase)
  await page.getByLabel('New password').fill(`${email}${email}`)
  await submit(page, 'Change password')
  await look(page, 'a refused password')
  await page.goto(`${demo.origin}/members`)
  for (const note of ['Buy milk', 'word'.repeat(40)]) {
    await page.getByLabel('New note').fill(note)
    await submit(page, 'Keep it')
  }
  await look(page, 'notes')
  await demo.browser().post('/auth/login', { email, password: passphrase })
  await go(['/auth/sessions'], 'member of two sessions')
  await advance(demo, '11m')
  await go(['/settings'], 'member whose proof is old')
  await page.getByLabel('Password', { exact: true }).fill('not the right passphrase')
  await submit(page, 'Confirm')
  await look(page, 'a refused confirmation')

  await page.context().clearCookies()
  await page.goto(`${demo.origin}/admin`)
  await login(page, demo.adminPassword, 'admin@example.com')
  await look(page, 'administration')
  await page.getByLabel('Address begins with').fill('ada')
  await submit(page, 'Search')
  await look(page, 'administration, searched')
  await page.getByRole('link', { name: email }).click()
  await look(page, 'administration of one account')
}

/** The pages that confirm an address, in a demo where addresses are confirmed. */
async function confirmingTour(t: TestContext, page: Page, look: Look): Promise<void> {
  const demo = await startDemo(t, { DEMO_DB: temporaryDatabase(t), DEMO_CONFIRM: '1' })
  await page.context().clearCookies()
  await register(page, demo)
  await look(page, 'a registration that waits')
  await page.goto(`${demo.origin}/dev/mailbox`)
  await look(page, 'the mailbox')
  const link = String(
    await page
      .getByRole('link', { name: /confirm-email/ })
      .first()
      .getAttribute('href'),
  )
  await page.goto(link)
  await look(page, 'confirming in the browser that registered')
  await page.context().clearCookies()
  await page.goto(link)
  await look(page, 'confirming in another browser')
  await page.getByLabel('The password that you chose').fill('not the right passphrase')
  await submit(page, 'Confirm address')
  await look(page, 'confirming with a wrong password')
}

/** Every page there is, of three demos. */
async function wholeTour(t: TestContext, page: Page, look: Look): Promise<void> {
  const demo = await startDemo(t, { DEMO_DB: temporaryDatabase(t) })
  await tour(demo, page, look)
  await mailTour(demo, page, look)
  await confirmingTour(t, page, look)
  const other = await startDemo(t, { DEMO_DB: temporaryDatabase(t) })
  await page.context().clearCookies()
  await register(page, other)
  await factorTour(other, page, look)
}

/** What was seen on the tour. */
interface Seen {
  readonly pages: readonly string[]
  readonly violations: readonly string[]
  readonly outside: readonly string[]
  readonly complaints: readonly string[]
  /** The content policy of each document. */
  readonly policies: ReadonlyMap<string, string>
}

/** One tour for all that is judged, since it is long. */
async function tourOnce(t: TestContext): Promise<Seen> {
  const { page, complaints } = await visit()
  const devtools = await page.context().newCDPSession(page)
  const policies = new Map<string, string>()
  page.on('response', (response) => {
    if (response.request().resourceType() === 'document' && response.status() !== 303)
      policies.set(response.url(), response.headers()['content-security-policy'] ?? '')
  })
  await page.addInitScript(`document.addEventListener('securitypolicyviolation', (event) =>
    console.error('against the policy: ' + event.violatedDirective + ' ' + event.blockedURI))`)
  const pages: string[] = []
  const wrong: string[] = []
  const outside: string[] = []
  await wholeTour(t, page, async (_, name) => {
    pages.push(name)
    wrong.push(...(await violations(page)).map((line) => `${name}, ${line}`))
    outside.push(...(await outsideOf(page, devtools)).map((line) => `${name}, ${line}`))
  })
  return { pages, violations: wrong, outside, complaints: [...complaints], policies }
}

test('every page of the demo, in every state', async (t) => {
  const seen = await tourOnce(t)

  await t.test('axe-core finds nothing against any page, light or dark', () => {
    assert.ok(seen.pages.length > 60, `only ${seen.pages.length} pages`)
    assert.deepEqual(seen.violations, [])
    assert.deepEqual(seen.complaints, [])
  })

  await t.test('no page scrolls sideways or cuts anything off at 320 pixels, at 200 % zoom, and with text twice as large', () => {
    assert.deepEqual(seen.outside, [])
  })

  await t.test('a policy without unsafe-inline is on every document, and nothing violates it', () => {
    assert.ok(seen.policies.size > 30, `only ${seen.policies.size} documents`)
    for (const [url, policy] of seen.policies) {
      assert.match(policy, /^default-src 'none'/, url)
      assert.doesNotMatch(policy, /unsafe|\*|https?:/, url)
    }
  })
})

test('axe-core finds nothing against the pages of second factors in German either, light or dark', async (t) => {
  const demo = await startDemo(t, { DEMO_DB: temporaryDatabase(t) })
  const { page, complaints } = await visit({ locale: 'de' })
  await register(page, demo, german)
  const wrong: string[] = []
  await factorTour(demo, page, async (_, name) => void wrong.push(...(await violations(page)).map((line) => `${name}, ${line}`)), german)
  assert.deepEqual(wrong, [])
  assert.deepEqual(complaints, [])
})

test('what is wrong is found when something is', async (t) => {
  const demo = await startDemo(t, { DEMO_DB: temporaryDatabase(t) })
  const { page, complaints } = await visit()
  await page.goto(`${demo.origin}/auth/login`)
  await page.evaluate(`document.querySelector('label[for=field-email]').remove(); document.querySelector('h1').style.color = '#bbb'`)
  const found = (await violations(page)).join('\n')
  assert.match(found, /^light, label: /m)
  assert.match(found, /^light, color-contrast: /m)
  await page.evaluate(`document.querySelector('h1').style.color = '#444'`)
  assert.match((await violations(page)).join('\n'), /^dark, color-contrast: /m)
  assert.deepEqual(await page.evaluate(outside), [])
  await page.evaluate(`document.querySelector('h1').style.width = '200vw'`)
  assert.match(String(await page.evaluate(outside)), /<h1.*the page scrolls/s)
  await page.evaluate(`document.body.insertAdjacentHTML('beforeend', '<p style="color: red" onclick="x">')`)
  await page.waitForTimeout(100)
  assert.match(complaints.join('\n'), /style-src-attr|inline style/, 'what violates the policy is heard of')
})

/** One line for each thing that axe-core is sure of: in light by every rule it has, in dark by those that look at colours. */
async function violations(page: Page): Promise<readonly string[]> {
  await page.evaluate(`if (!('axe' in window)) { ${axe.source} }`)
  const lines: string[] = []
  for (const [colorScheme, rules] of [
    ['light', ''],
    ['dark', `, runOnly: ['color-contrast', 'link-in-text-block']`],
  ] as const) {
    await page.emulateMedia({ colorScheme })
    const { violations: found }: axe.AxeResults = await page.evaluate(`axe.run(document, { resultTypes: ['violations']${rules} })`)
    lines.push(...found.flatMap(({ id, help, nodes }) => nodes.map(({ html }) => `${colorScheme}, ${id}: ${help}: ${html}`)))
  }
  return lines
}

/** What a reader with low vision makes of a window of 1280 × 1024 pixels. */
const windows = [
  { name: '400 % zoom (WCAG 1.4.10: 320 × 256)', width: 320, height: 256, scale: 4, text: '100%' },
  { name: '200 % zoom', width: 640, height: 512, scale: 2, text: '100%' },
  { name: 'text at 200 % (WCAG 1.4.4)', width: 1280, height: 1024, scale: 1, text: '200%' },
] as const

/** What is not within the width of the window, or holds more than it shows. */
const outside = `[...document.querySelectorAll('body, body *:not(.visually-hidden, .visually-hidden *)')].filter((element) => {
  const { left, right, width } = element.getBoundingClientRect()
  if (width === 0) return false
  const cut = element.scrollWidth > element.clientWidth + 1 && element.clientWidth > 0 && element.tagName !== 'INPUT' && getComputedStyle(element).overflowX !== 'visible'
  return left < -1 || right > document.documentElement.clientWidth + 1 || cut
}).map((element) => element.outerHTML.slice(0, 200)).concat(document.documentElement.scrollWidth > document.documentElement.clientWidth ? ['the page scrolls'] : [])`

/** What is outside in any of these windows. */
async function outsideOf(page: Page, devtools: CDPSession): Promise<readonly string[]> {
  const lines: string[] = []
  for (const { name, width, height, scale, text } of windows) {
    await devtools.send('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor: scale, mobile: false })
    await page.evaluate(`document.documentElement.style.fontSize = '${text}'`)
    const found: readonly string[] = await page.evaluate(outside)
    lines.push(...found.map((line) => `${name}: ${line}`))
  }
  await devtools.send('Emulation.clearDeviceMetricsOverride')
  await page.evaluate(`document.documentElement.style.fontSize = ''`)
  return lines
}
