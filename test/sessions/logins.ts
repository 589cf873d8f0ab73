/** Logging in and out of the world, by every way there is, and what is held until a second factor was proven. */
import assert from 'node:assert/strict'
import type { TestBrowser, TestReply } from '../../src/testing/browser.ts'
import type { Dice } from '../attacks/random.ts'
import { freeSteps, giveCodes, type ModelSession, type ModelTicket, type ModelUser, spend } from './model.ts'
import { cookies, type World } from './world.ts'

/** What a login asks for besides. */
export interface Wishes {
  readonly remember: boolean
  readonly trustDevice: boolean
}

/** A login by any means that names the user: what it says counts for the browser. */
export async function login(world: World, browser: TestBrowser, user: ModelUser, how: 'password' | 'mail', wishes: Wishes): Promise<void> {
  const fits = user.exists && user.active
  const body = how === 'password' ? { email: user.email, password: user.password } : { token: await magicToken(world, browser, user, fits) }
  const path = how === 'password' ? '/auth/login' : '/auth/magic-link/redeem'
  const before = new Map(browser.cookies)
  const reply = await world.post(browser, path, { ...body, ...wishes })
  assert.equal(reply.status === 200, fits, `${how} ${reply.text}`)
  if (!fits) return
  world.model.drop(before.get(cookies.ticket)) // a login begins anew
  if (isHeld(world, browser, user, reply, before)) hold(world, browser, before, { user, how, ...wishes })
  else await enter(world, browser, before, { user, how, ...wishes })
}

async function magicToken(world: World, browser: TestBrowser, user: ModelUser, fits: boolean): Promise<string> {
  await world.post(browser, '/auth/magic-link', { email: user.email })
  return fits ? world.mailed('magic_link.link', user) : 'A'.repeat(43)
}

/** Whether a first factor was not enough: the answer is what the model says. */
function isHeld(world: World, browser: TestBrowser, user: ModelUser, reply: TestReply, before: ReadonlyMap<string, string>): boolean {
  const owes = world.model.owes(user, before.get(cookies.trust), world.now)
  assert.equal(reply.json.status, owes ? 'second_factor_required' : 'authenticated')
  assert.deepEqual([browser.cookies.has(cookies.session), browser.cookies.has(cookies.ticket)], [!owes, owes])
  if (!owes && user.authenticators.length > 0) world.note('a trusted browser was excused')
  return owes
}

type Held = Pick<ModelTicket, 'user' | 'how' | 'remember' | 'trustDevice'>

function hold(world: World, browser: TestBrowser, before: ReadonlyMap<string, string>, ticket: Held): void {
  world.note(`a login by ${ticket.how} was held`)
  world.close(before.get(cookies.session))
  world.model.hold(browser.cookies.get(cookies.ticket) ?? '', ticket, world.now)
}

/** A login by means that name the user is complete. */
async function enter(
  world: World,
  browser: TestBrowser,
  before: ReadonlyMap<string, string>,
  { user, how, remember }: Held,
): Promise<void> {
  const { model, now } = world
  world.forget(before.get(cookies.remember))
  world.close(before.get(cookies.session))
  const opened = await world.opened(browser, user)
  assert.equal(browser.cookies.has(cookies.remember), remember)
  if (remember) model.remember(user, opened, browser.cookies.get(cookies.remember) ?? '', now)
  opened.proofs.push(how)
  model.callOff(user)
}

/** A token opens a session, or is held; whatever comes of it, it was used. */
export async function resume(world: World, browser: TestBrowser): Promise<void> {
  const { model, now } = world
  const live = world.sessionOf(browser)
  const before = new Map(browser.cookies)
  const token = before.get(cookies.remember)
  const device = model.resumes(token, now)
  const copied = model.deviceOf(token, now)
  const reply = await world.post(browser, '/auth/resume')
  assert.equal(reply.status === 200, live !== null || device !== null, `resume ${reply.text}`)
  if (live) return
  if (!device) {
    assert.equal(browser.cookies.has(cookies.remember), false)
    if (copied && copied.token !== token && copied.stamp === copied.user.stamp) world.forget(token)
    return
  }
  const { user } = device
  model.drop(before.get(cookies.ticket))
  model.give(device, browser.cookies.get(cookies.remember) ?? '')
  assert.notEqual(device.token, token)
  const earlier = device.session
  device.session = null
  if (isHeld(world, browser, user, reply, before))
    hold(world, browser, before, { user, how: 'remember', remember: false, trustDevice: false })
  else {
    world.close(before.get(cookies.session))
    device.session = await world.opened(browser, user)
    device.session.proofs.push('remember')
    model.callOff(user)
  }
  if (earlier && earlier !== device.session) world.endSession(earlier)
}

/** A code, and whether it is right; `use` does to the model what its use does. */
interface Try {
  readonly code: string
  readonly isRight: boolean
  use(): void
}

/** A code of an authenticator: one that was not used, or else one that was, or of a time that is over or to come. */
function authenticatorCode({ now }: World, user: ModelUser | undefined, dice: Dice): Try {
  const authenticators = user?.authenticators ?? []
  if (authenticators.length === 0) return { code: '123456', isRight: false, use: () => {} }
  const authenticator = dice.pick(authenticators)
  const free = freeSteps(authenticator, now)
  const isRight = free.length > 0 && dice.percent(70)
  const away = dice.pick(isRight ? free : [-2, -1, 0, 1, 2].filter((steps) => !free.includes(steps)))
  return { code: authenticator.phone.code(away), isRight, use: () => spend(authenticator, away, now) }
}

/** A recovery code that is left, or else one that is void. */
function recoveryCode(user: ModelUser | undefined, dice: Dice): Try {
  const { codes = [], voidCodes = [] } = user ?? {}
  const isRight = codes.length > 0 && dice.percent(70)
  const code = isRight ? dice.pick(codes) : dice.pick(['AAAA-AAAA-AAAA-AAAA', ...voidCodes.slice(-5)])
  return {
    code,
    isRight,
    use: () =>
      user &&
      giveCodes(
        user,
        codes.filter((other) => other !== code),
      ),
  }
}

/** Answers the debt of the login that a browser holds, or tries to. */
export async function answerDebt(
  world: World,
  browser: TestBrowser,
  how: 'totp' | 'recovery_code',
  wishes: Wishes,
  dice: Dice,
): Promise<void> {
  const { model, now } = world
  const before = new Map(browser.cookies)
  const ticket = model.held(before.get(cookies.ticket), now)
  const device = ticket?.how === 'remember' ? model.resumes(before.get(cookies.remember), now) : null
  const tried = how === 'totp' ? authenticatorCode(world, ticket?.user, dice) : recoveryCode(ticket?.user, dice)
  const path = how === 'totp' ? '/auth/totp/verify' : '/auth/recovery-codes/use'
  const reply = await world.post(browser, path, { code: tried.code, ...wishes })
  const fits = ticket !== null && tried.isRight && (ticket.how !== 'remember' || device !== null)
  assert.equal(reply.status === 200, fits, `${how} ${reply.text}`)
  if (ticket) world.note(`a debt was ${fits ? 'paid' : 'not paid'} by ${how}`)
  if (!fits) return
  tried.use()
  ticket.isEnded = true
  const { user } = ticket
  if (device) {
    world.close(before.get(cookies.session))
    model.give(device, browser.cookies.get(cookies.remember) ?? '')
    device.session = await world.opened(browser, user)
    device.session.proofs.push('remember', how)
    model.callOff(user)
  } else {
    await enter(world, browser, before, { ...ticket, remember: ticket.remember || wishes.remember })
    world.sessionOf(browser)?.proofs.push(how)
  }
  const [earlier, trust] = [before.get(cookies.trust), browser.cookies.get(cookies.trust)]
  if (!ticket.trustDevice && !wishes.trustDevice) return assert.equal(trust, earlier)
  const ended = model.trusts.get(earlier ?? '')
  if (ended) ended.isEnded = true
  model.trust(user, trust ?? '', now)
  world.note('a browser was trusted')
}

export async function logout(world: World, browser: TestBrowser): Promise<void> {
  const live = world.sessionOf(browser)
  const before = new Map(browser.cookies)
  assert.equal((await world.post(browser, '/auth/logout')).status, 200)
  if (live) live.isEnded = true
  world.model.drop(before.get(cookies.ticket))
  world.forget(before.get(cookies.remember))
  for (const cookie of ['session', 'ticket', 'remember'] as const) assert.equal(browser.cookies.has(cookies[cookie]), false)
}

/** Proves again who it is. */
export async function verify(world: World, browser: TestBrowser): Promise<boolean> {
  const live = world.sessionOf(browser)
  const does = live !== null && !isExcused(live)
  const reply = await world.post(browser, '/auth/verify', { password: live?.user.password ?? 'x' })
  assert.equal(reply.status === 200, does, `verify ${reply.text}`)
  if (!does) return false
  world.model.replace(live, browser.cookies.get(cookies.session) ?? '', world.now)
  live.proofs.push('password')
  return true
}

/** Makes a session fresh by the password; where that does not do, the route that wants it fresh is closed. */
export async function madeFresh(world: World, browser: TestBrowser, path: string): Promise<boolean> {
  if (await verify(world, browser)) return true
  assert.equal((await world.post(browser, path, { id: 'x' })).status, 401, path)
  world.note('a session of one factor changed nothing')
  return false
}

/** Whether it is open without the second factor that its user has: then the first factor again does not do. */
function isExcused({ user, proofs }: ModelSession): boolean {
  return user.authenticators.length > 0 && !proofs.some((method) => method === 'totp' || method === 'recovery_code')
}

/** The same by a code of an authenticator. */
export async function verifyByCode(world: World, browser: TestBrowser, dice: Dice): Promise<void> {
  const live = world.sessionOf(browser)
  const tried = authenticatorCode(world, live?.user, dice)
  const reply = await world.post(browser, '/auth/verify', { code: tried.code })
  assert.equal(reply.status === 200, live !== null && tried.isRight, `verify by code ${reply.text}`)
  if (!live || !tried.isRight) return
  tried.use()
  world.model.replace(live, browser.cookies.get(cookies.session) ?? '', world.now)
  live.proofs.push('totp')
}
