/** A phone: its camera reads what is on the screen, and its application shows codes. Both are other people's code. */
import assert from 'node:assert/strict'
import decoder from 'jsqr'
import { TOTP, URI } from 'otpauth'
import type { Page } from 'playwright-core'
import type { Demo } from '../demo/process.ts'
import { readPng } from './png.ts'

/** What the QR code in the window says. */
export async function scan(page: Page): Promise<string> {
  await page.locator('.qr-code').scrollIntoViewIfNeeded()
  const { pixels, width, height } = readPng(await page.screenshot())
  const found = decoder.default(pixels, width, height, { inversionAttempts: 'dontInvert' })
  assert.ok(found, 'no QR code is seen')
  return found.data
}

/** What the page's link for applications on the same device holds, which is the same. */
export async function linkedUri(page: Page): Promise<string> {
  return String(await page.locator('a[href^="otpauth:"]').getAttribute('href'))
}

/** Waits until the application of a scanned URI shows another code; that one. */
export async function nextCode(demo: Demo, uri: string): Promise<string> {
  const { now } = (await demo.browser().post('/dev/clock', { advance: '30s' })).json
  const account = URI.parse(uri)
  assert.ok(account instanceof TOTP)
  return account.generate({ timestamp: Date.parse(String(now)) })
}
