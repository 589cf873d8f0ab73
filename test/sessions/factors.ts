/** What users of the world do with their second factors. */
import assert from 'node:assert/strict'
import type { TestBrowser } from '../../src/testing/browser.ts'
import type { Dice } from '../attacks/random.ts'
import { phoneOf } from '../flows/phone.ts'
import { madeFresh } from './logins.ts'
import { giveCodes, spend } from './model.ts'
import { cookies, type World } from './world.ts'

/** Sets an authenticator up. The first one ends whatever else was open; a browser that is remembered stays so, under another token. */
export async function setUp(world: World, browser: TestBrowser): Promise<void> {
  const live = world.sessionOf(browser)
  if (!live) {
    assert.equal((await world.post(browser, '/auth/totp/setup')).status, 401)
    return
  }
  const { user } = live
  if (user.authenticators.length > 1) return
  if (!(await madeFresh(world, browser, '/auth/totp/setup'))) return
  const { setupId, secret } = (await world.post(browser, '/auth/totp/setup')).json
  const phone = phoneOf(String(secret), world.clock)
  const carried = world.model.resumes(browser.cookies.get(cookies.remember), world.now)
  const reply = await world.post(browser, '/auth/totp/confirm', { setupId: String(setupId), code: phone.code() })
  assert.equal(reply.json.status, 'authenticated', reply.text)
  const isFirst = user.authenticators.length === 0
  if (isFirst) user.stamp += 1
  world.model.replace(live, browser.cookies.get(cookies.session) ?? '', world.now)
  live.proofs.push('totp')
  if (carried?.user === user) {
    carried.stamp = user.stamp
    carried.session = live
    world.model.give(carried, browser.cookies.get(cookies.remember) ?? '')
  }
  const known = new Set(user.authenticators.map(({ id }) => id))
  const id = (await world.idsIn(browser, '/auth/totp', 'authenticators')).find((one) => !known.has(one)) ?? ''
  const authenticator = { id, phone, spent: 0 }
  spend(authenticator, 0, world.now)
  user.authenticators.push(authenticator)
  const { recoveryCodes } = reply.json
  assert.equal(Array.isArray(recoveryCodes), isFirst || user.codes.length === 0) // codes of before the first one go
  if (Array.isArray(recoveryCodes)) giveCodes(user, recoveryCodes.map(String))
}

/** Removes one. Nobody is trusted by a factor that is gone. */
export async function remove(world: World, browser: TestBrowser, dice: Dice): Promise<void> {
  const live = world.sessionOf(browser)
  if (!live || live.user.authenticators.length === 0) return
  if (!(await madeFresh(world, browser, '/auth/totp/remove'))) return
  const { user } = live
  const gone = dice.pick(user.authenticators)
  const reply = await world.post(browser, '/auth/totp/remove', { id: gone.id })
  assert.equal(reply.status, 200, reply.text)
  user.authenticators.splice(user.authenticators.indexOf(gone), 1)
  for (const trust of world.model.trusts.values()) if (trust.user === user) trust.isEnded = true
}

/** New recovery codes in the place of those there are. */
export async function regenerateCodes(world: World, browser: TestBrowser): Promise<void> {
  const live = world.sessionOf(browser)
  if (!live) return
  if (!(await madeFresh(world, browser, '/auth/recovery-codes'))) return
  const { codes } = (await world.post(browser, '/auth/recovery-codes')).json
  giveCodes(live.user, Array.isArray(codes) ? codes.map(String) : [])
  assert.equal(live.user.codes.length, 10)
}

/** Trusts a browser no more. */
export async function distrust(world: World, browser: TestBrowser, dice: Dice): Promise<void> {
  const live = world.sessionOf(browser)
  const { model, now } = world
  const own = [...model.trusts].filter(([token]) => live !== null && model.trustOf(token, now)?.user === live.user)
  if (!live || own.length === 0) return
  assert.equal((await world.idsIn(browser, '/auth/trusted-devices', 'devices')).length, own.length)
  const [token, trust] = dice.pick(own)
  const id = await world.deviceId('trust', token)
  assert.equal((await world.post(browser, '/auth/trusted-devices/revoke', { id })).status, 200)
  trust.isEnded = true
}
