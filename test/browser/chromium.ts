/** A real Chromium for tests: one for a file, a fresh context for each visitor, and everything the browser complains of. */
import { after } from 'node:test'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { findChromium } from '../../scripts/services.mjs'

const args = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
]

/** A page, and what the browser said against it: errors of scripts, violations of the policy, files that are missing. */
export interface Visitor {
  readonly page: Page
  readonly complaints: readonly string[]
}

/** Starts Chromium when it is first needed; it ends with the file's tests. */
export function useChromium(): (options?: BrowserContextOptions) => Promise<Visitor> {
  let browser: Promise<Browser> | null = null
  after(async () => (await browser)?.close())

  async function launch(): Promise<Browser> {
    return chromium.launch({ executablePath: await findChromium(), args })
  }

  return async (options = {}) => {
    browser ??= launch()
    const context = await (await browser).newContext({ reducedMotion: 'reduce', ...options })
    context.setDefaultTimeout(10_000)
    const page = await context.newPage()
    const complaints: string[] = []
    page.on('pageerror', (error) => complaints.push(String(error)))
    page.on('console', (message) => {
      // The document's own status is no complaint: refusals are pages too.
      const isDocument = message.location().url === page.url() && message.text().startsWith('Failed to load resource')
      if ((message.type() === 'error' || message.type() === 'warning') && !isDocument) complaints.push(`${page.url()}: ${message.text()}`)
    })
    return { page, complaints }
  }
}
