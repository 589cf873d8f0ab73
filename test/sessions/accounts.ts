/** What becomes of accounts in the world, and of what is open of them elsewhere. */
import assert from 'node:assert/strict'
import type { TestBrowser } from '../../src/testing/browser.ts'
import type { Dice } from '../attacks/random.ts'
import { madeFresh } from './logins.ts'
import { coolingOff, giveCodes, type ModelUser } from './model.ts'
import { cookies, phrases, type World } from './world.ts'

export async function changePassword(world: World, browser: TestBrowser, dice: Dice): Promise<void> {
  const { model, now } = world
  const live = world.sessionOf(browser)
  const newPassword = dice.pick(phrases.filter((phrase) => phrase !== live?.user.password))
  const token = browser.cookies.get(cookies.remember)
  const carried = model.resumes(token, now)
  const reply = await world.post(browser, '/auth/change-password', { password: live?.user.password ?? 'x', newPassword })
  assert.equal(reply.status === 200, live !== null, `change ${reply.text}`)
  if (!live) return
  const { user } = live
  user.password = newPassword
  user.stamp += 1
  model.replace(live, browser.cookies.get(cookies.session) ?? '', now)
  model.end(user, (other) => other !== live)
  if (carried?.user !== user) return
  carried.stamp = user.stamp
  carried.session = live
  model.give(carried, browser.cookies.get(cookies.remember) ?? '')
  assert.notEqual(carried.token, token)
}

export async function resetPassword(world: World, user: ModelUser, dice: Dice): Promise<void> {
  const visitor = world.visitor()
  await visitor.post('/auth/forgot-password', { email: user.email })
  const token = await world.mailed('password.reset', user)
  if (!(user.exists && user.active)) return
  const newPassword = dice.pick(phrases.filter((phrase) => phrase !== user.password))
  assert.equal((await visitor.post('/auth/reset-password', { token, newPassword })).status, 200)
  user.password = newPassword
  user.stamp += 1
  world.model.callOff(user)
}

export async function revokeOthers(world: World, browser: TestBrowser): Promise<void> {
  const live = world.sessionOf(browser)
  assert.equal((await world.post(browser, '/auth/sessions/revoke', { others: true })).status === 200, live !== null)
  if (!live) return
  world.model.end(live.user, (other) => other !== live)
  world.model.endDevices(live.user, (device) => device.session !== live)
}

/** Ends one session of the same user by its id; what has ended is not found. */
export async function revokeOne(world: World, browser: TestBrowser, dice: Dice): Promise<void> {
  const live = world.sessionOf(browser)
  const others = [...new Set(world.model.sessions.values())].filter(
    (other) => other !== live && other.user === live?.user && world.model.live(other.token, world.now) !== null,
  )
  if (!live || others.length === 0) return
  const other = dice.pick(others)
  const reply = await world.post(browser, '/auth/sessions/revoke', { id: other.id })
  assert.equal(reply.status, 200, reply.text)
  world.endSession(other)
}

/** Forgets a remembered browser; whoever is logged in by nothing else is logged out. */
export async function revokeDevice(world: World, browser: TestBrowser, dice: Dice): Promise<void> {
  const { model, now } = world
  const live = world.sessionOf(browser)
  const own = model.devices.filter((device) => device.user === live?.user && model.resumes(device.token, now) === device)
  if (!live || own.length === 0) return
  const device = dice.pick(own)
  assert.equal((await world.idsIn(browser, '/auth/devices', 'devices')).length, own.length)
  const id = await world.deviceId('remember', device.token)
  const [carried, byDevice] = [
    model.deviceOf(browser.cookies.get(cookies.remember), now),
    live.proofs.every((method) => method === 'remember'),
  ]
  assert.equal((await world.post(browser, '/auth/devices/revoke', { id })).status, 200)
  device.isEnded = true
  if (device.session !== live) return device.session ? world.endSession(device.session) : undefined
  if (byDevice) live.isEnded = true
  assert.equal(browser.cookies.has(cookies.remember) && (byDevice || carried === device), false)
}

export async function requestDeletion(world: World, browser: TestBrowser): Promise<void> {
  const live = world.sessionOf(browser)
  if (!live) return
  if (!(await madeFresh(world, browser, '/auth/account/delete'))) return
  const token = browser.cookies.get(cookies.remember)
  assert.equal((await world.post(browser, '/auth/account/delete')).json.deletesAt, world.now + coolingOff)
  const { user } = live
  user.stamp += 1
  user.deletesAt = world.now + coolingOff
  world.forget(token)
  user.restore = await world.mailed('account.deletion', user)
  assert.equal(browser.cookies.has(cookies.session), false)
}

export async function restore(world: World, user: ModelUser): Promise<void> {
  if (user.restore === null) return
  const may = user.exists && user.deletesAt !== null && user.deletesAt > world.now
  const reply = await world.visitor().post('/auth/account/restore', { token: user.restore })
  assert.equal(reply.status === 200, may, `restore ${reply.text}`)
  if (may) world.model.callOff(user)
}

/** What an operator does. */
export async function operate(
  world: World,
  user: ModelUser,
  action: 'deactivate' | 'activate' | 'end' | 'reset' | 'delete',
): Promise<void> {
  if (!user.exists) return
  const { users } = world.auth.admin
  if (action === 'deactivate') {
    if (await users.deactivate(user.id)) user.stamp += 1
    user.active = false
  } else if (action === 'activate') {
    await users.activate(user.id)
    user.active = true
  } else if (action === 'end') {
    await users.endSessions(user.id)
    world.model.end(user, () => true)
    world.model.endDevices(user, () => true)
  } else if (action === 'reset') {
    await users.resetAccess(user.id)
    user.stamp += 1
    user.authenticators.splice(0)
    giveCodes(user, [])
  } else {
    await users.delete(user.id)
    user.exists = false
  }
}

export async function purge({ auth, model, users, now }: World): Promise<void> {
  await auth.purge()
  model.purge(users, now)
}
