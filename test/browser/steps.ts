/** What visitors of the demo do, step by step, as they would: by labels and buttons. */
import type { Page } from 'playwright-core'
import type { Texts } from '../../src/index.ts'
import { english } from '../../src/texts/english.ts'
import type { Demo } from '../demo/process.ts'

export const email = 'ada@example.com'
export const passphrase = 'a long honest passphrase'

/** The path and query that the page is at. */
export function whereabouts(page: Page): string {
  const { pathname, search } = new URL(page.url())
  return pathname + search
}

/** Makes an account; ends on the page that registration leads to. */
export async function register(page: Page, demo: Demo, texts: Texts = english): Promise<void> {
  await page.goto(`${demo.origin}/auth/register`)
  await page.getByLabel(texts['field.email']).fill(email)
  await page.getByLabel(texts['field.password'], { exact: true }).fill(passphrase)
  await submit(page, texts['register.button'])
}

/** Fills in the login page that is shown. */
export async function login(page: Page, password: string = passphrase, who: string = email, texts: Texts = english): Promise<void> {
  await page.getByLabel(texts['field.email']).fill(who)
  await page.getByLabel(texts['field.password'], { exact: true }).fill(password)
  await submit(page, texts['login.button'])
}

/** Presses a button that sends a form, and waits for the page it leads to. */
export async function submit(page: Page, button: string): Promise<void> {
  const answered = page.waitForEvent('domcontentloaded')
  await page.getByRole('button', { name: button, exact: true }).click()
  await answered
}

/** The name of the field that has the focus. */
export async function focused(page: Page): Promise<string> {
  return page.locator(':focus').first().getAttribute('name', { timeout: 2000 }).then(String)
}

/** Makes time pass in the demo. */
export async function advance(demo: Demo, duration: string): Promise<void> {
  await demo.browser().post('/dev/clock', { advance: duration })
}

/** Goes to the page that the latest mail of a kind links to. */
export async function follow(demo: Demo, page: Page, kind: string): Promise<void> {
  for (let looks = 0; looks < 100; looks++) {
    const mails: readonly { readonly kind: string; readonly text: string }[] = JSON.parse(
      (await demo.browser().get('/dev/mailbox.json')).text,
    )
    const url = /https?:\S+token=[\w-]+/.exec(mails.find((mail) => mail.kind === kind)?.text ?? '')?.[0]
    if (url !== undefined) {
      await page.goto(url)
      return
    }
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error(`No mail of the kind ${kind} has come.`)
}
