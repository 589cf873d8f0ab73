/** An authenticator application, and accounts that have one set up. */
import assert from 'node:assert/strict'
import { type Feature, recoveryCodes, type TotpOptions, totp, trustedDevice } from '../../src/index.ts'
import { computeTotp, fromBase32, type TotpParameters } from '../../src/protocols/totp.ts'
import type { TestBrowser } from '../../src/testing/browser.ts'
import type { MovableClock } from '../../src/testing/clock.ts'

/** What shows codes. */
export interface Phone {
  /** In base32. */
  readonly secret: string
  /** The code that it shows, or the one of so many steps from now. */
  code(steps?: number): string
  /** Waits until it shows another code; that one. */
  next(): string
}

/** What came of setting one up. */
export interface Enrolled {
  readonly phone: Phone
  /** Those that were shown; none where the account had some. */
  readonly codes: readonly string[]
  readonly uri: string
}

/** All that second factors are made of here. */
export function secondFactors(options: Partial<TotpOptions> = {}): readonly Feature[] {
  return [totp({ issuer: 'Tests', ...options }), recoveryCodes(), trustedDevice()]
}

/** A phone with this secret. */
export function phoneOf(secret: string, clock: MovableClock, parameters: TotpParameters = {}): Phone {
  const key = fromBase32(secret)
  assert.ok(key, `${secret} is no secret`)
  const stepMs = (parameters.period ?? 30) * 1000
  const code = (steps = 0): string => computeTotp(key, clock() + steps * stepMs, parameters)
  return {
    secret,
    code,
    next() {
      clock.advance(stepMs)
      return code()
    },
  }
}

/** Sets one up in a browser that may, by the code of now, which is spent then. */
export async function enrol(browser: TestBrowser, clock: MovableClock, parameters: TotpParameters = {}): Promise<Enrolled> {
  const { json } = await browser.post('/auth/totp/setup')
  const phone = phoneOf(String(json.secret), clock, parameters)
  if (!showsNoCodeTwice(phone)) return enrol(browser, clock, parameters)
  const reply = await browser.post('/auth/totp/confirm', { setupId: String(json.setupId), code: phone.code() })
  assert.equal(reply.json.status, 'authenticated', reply.text)
  const { recoveryCodes: codes } = reply.json
  return { phone, codes: Array.isArray(codes) ? codes.map(String) : [], uri: String(json.uri) }
}

/** For an hour: else a code that is to be refused would now and then be the one of another step. */
function showsNoCodeTwice({ code }: Phone): boolean {
  return new Set(Array.from({ length: 124 }, (_, step) => code(step - 4))).size === 124
}
