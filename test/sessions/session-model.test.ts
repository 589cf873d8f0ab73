/** Whatever is done in whatever order, no cookie lives that the model says is dead, and none dies that lives. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Store } from '../../src/model/store.ts'
import { memory } from '../../src/stores/memory.ts'
import { sqlite } from '../../src/stores/sqlite.ts'
import type { TestBrowser } from '../../src/testing/browser.ts'
import { createDice, type Dice, seed } from '../attacks/random.ts'
import {
  changePassword,
  operate,
  purge,
  requestDeletion,
  resetPassword,
  restore,
  revokeDevice,
  revokeOne,
  revokeOthers,
} from './accounts.ts'
import { distrust, regenerateCodes, remove, setUp } from './factors.ts'
import { answerDebt, login, logout, resume, verify, verifyByCode, type Wishes } from './logins.ts'
import { day, hour } from './model.ts'
import { cookies, World } from './world.ts'

const soak = process.env.PORTCULLIS_SOAK === '1'
/** After so many the world begins anew, so that it does not only hold what is over. */
const worldSteps = 500
const jumps = [60_000, 600_000, 30 * 60_000, 59 * 60_000, hour, 5 * hour, 3 * day, 15 * day, 31 * day]

interface Step {
  readonly name: string
  /** How often it is chosen, compared to the others. */
  readonly weight: number
  take(world: World, dice: Dice): Promise<unknown>
}

const pickBrowser = (world: World, dice: Dice) => dice.pick(world.browsers)
const pickUser = (world: World, dice: Dice) => dice.pick(world.users)
const pickWishes = (dice: Dice): Wishes => ({ remember: dice.percent(50), trustDevice: dice.percent(30) })
/** One that fits, if there is any. */
function pickFitting(world: World, dice: Dice, fits: (browser: TestBrowser) => boolean): TestBrowser {
  const fitting = world.browsers.filter(fits)
  return fitting.length > 0 ? dice.pick(fitting) : pickBrowser(world, dice)
}

const pickLive = (world: World, dice: Dice) => pickFitting(world, dice, (browser) => world.sessionOf(browser) !== null)
const pickRemembered = (world: World, dice: Dice) =>
  pickFitting(world, dice, ({ cookies: jar }) => world.model.resumes(jar.get(cookies.remember), world.now) !== null)

/** One that holds a login; where there is none, somebody logs in who has an authenticator. */
async function pickHolding(world: World, dice: Dice): Promise<TestBrowser> {
  const browser = pickFitting(world, dice, ({ cookies: jar }) => world.model.held(jar.get(cookies.ticket), world.now) !== null)
  const users = world.users.filter(({ authenticators }) => authenticators.length > 0)
  const isHolding = world.model.held(browser.cookies.get(cookies.ticket), world.now) !== null
  if (!isHolding && users.length > 0) await login(world, browser, dice.pick(users), 'password', pickWishes(dice))
  return browser
}

const steps: readonly Step[] = [
  {
    name: 'make an account',
    weight: 1,
    take: async (world) => {
      if (world.users.filter(({ exists }) => exists).length < 4) await world.makeUser(`user${world.users.length}@example.com`)
    },
  },
  {
    name: 'open a browser, or steal one',
    weight: 3,
    take: async (world, dice) => {
      const next = dice.percent(50) ? world.open() : pickBrowser(world, dice).copy()
      if (!world.browsers.includes(next)) world.browsers.push(next)
      if (world.browsers.length > 8) world.browsers.splice(dice.below(8), 1)
    },
  },
  { name: 'close a browser', weight: 4, take: async (world, dice) => pickBrowser(world, dice).cookies.delete(cookies.session) },
  {
    name: 'log in by password',
    weight: 8,
    take: (world, dice) => login(world, pickBrowser(world, dice), pickUser(world, dice), 'password', pickWishes(dice)),
  },
  {
    name: 'log in by mail',
    weight: 3,
    take: (world, dice) => login(world, pickBrowser(world, dice), pickUser(world, dice), 'mail', pickWishes(dice)),
  },
  {
    name: 'copy the token of a remembered browser',
    weight: 4,
    take: async (world, dice) => {
      const copy = pickBrowser(world, dice).copy()
      copy.cookies.delete(cookies.session)
      world.browsers.push(copy)
      if (world.browsers.length > 8) world.browsers.splice(dice.below(8), 1)
    },
  },
  {
    name: 'use a copied token',
    weight: 3,
    take: async (world, dice) => {
      const browser = pickBrowser(world, dice)
      const copy = browser.copy()
      for (const each of dice.percent(50) ? [browser, copy] : [copy, browser]) {
        each.cookies.delete(cookies.session)
        await (dice.percent(80) ? resume(world, each) : logout(world, each))
      }
      world.browsers.splice(dice.below(world.browsers.length), 1, copy)
    },
  },
  { name: 'forget a device', weight: 2, take: (world, dice) => revokeDevice(world, pickBrowser(world, dice), dice) },
  { name: 'resume', weight: 8, take: (world, dice) => resume(world, pickBrowser(world, dice)) },
  {
    name: 'close a browser that is remembered, and resume',
    weight: 4,
    take: (world, dice) => {
      const browser = pickRemembered(world, dice)
      browser.cookies.delete(cookies.session)
      return resume(world, browser)
    },
  },
  { name: 'log out', weight: 2, take: (world, dice) => logout(world, pickBrowser(world, dice)) },
  { name: 'verify', weight: 3, take: (world, dice) => verify(world, pickBrowser(world, dice)) },
  { name: 'verify by a code', weight: 3, take: (world, dice) => verifyByCode(world, pickLive(world, dice), dice) },
  {
    name: 'answer a debt by a code',
    weight: 8,
    take: async (world, dice) => answerDebt(world, await pickHolding(world, dice), 'totp', pickWishes(dice), dice),
  },
  {
    name: 'answer a debt by a recovery code',
    weight: 3,
    take: async (world, dice) => answerDebt(world, await pickHolding(world, dice), 'recovery_code', pickWishes(dice), dice),
  },
  { name: 'set an authenticator up', weight: 5, take: (world, dice) => setUp(world, pickLive(world, dice)) },
  { name: 'remove an authenticator', weight: 1, take: (world, dice) => remove(world, pickLive(world, dice), dice) },
  { name: 'make new recovery codes', weight: 1, take: (world, dice) => regenerateCodes(world, pickLive(world, dice)) },
  { name: 'trust a browser no more', weight: 1, take: (world, dice) => distrust(world, pickLive(world, dice), dice) },
  { name: 'change the password', weight: 2, take: (world, dice) => changePassword(world, pickBrowser(world, dice), dice) },
  { name: 'reset the password', weight: 1, take: (world, dice) => resetPassword(world, pickUser(world, dice), dice) },
  { name: 'end all others', weight: 1, take: (world, dice) => revokeOthers(world, pickBrowser(world, dice)) },
  { name: 'end another', weight: 3, take: (world, dice) => revokeOne(world, pickBrowser(world, dice), dice) },
  { name: 'ask for a deletion', weight: 1, take: (world, dice) => requestDeletion(world, pickBrowser(world, dice)) },
  { name: 'call a deletion off', weight: 2, take: (world, dice) => restore(world, pickUser(world, dice)) },
  { name: 'deactivate', weight: 1, take: (world, dice) => operate(world, pickUser(world, dice), 'deactivate') },
  { name: 'activate', weight: 3, take: (world, dice) => operate(world, pickUser(world, dice), 'activate') },
  { name: 'end sessions', weight: 1, take: (world, dice) => operate(world, pickUser(world, dice), 'end') },
  { name: 'reset access', weight: 1, take: (world, dice) => operate(world, pickUser(world, dice), 'reset') },
  {
    name: 'delete',
    weight: 1,
    take: (world, dice) => (dice.percent(30) ? operate(world, pickUser(world, dice), 'delete') : Promise.resolve()),
  },
  { name: 'purge', weight: 2, take: (world) => purge(world) },
  {
    name: 'let time pass',
    weight: 12,
    take: async (world, dice) => {
      await world.auth.settled() // a mail of before is sent in its time
      world.clock.advance(dice.pick(jumps.slice(0, dice.percent(85) ? 5 : jumps.length)))
    },
  },
]

/** What comes of steps, and has to have come of a long walk. */
const happenings: readonly string[] = [
  ...['a copy was noticed', 'a browser was trusted', 'a trusted browser was excused'],
  ...['password', 'mail', 'remember'].map((how) => `a login by ${how} was held`),
  ...['totp', 'recovery_code'].flatMap((how) => [`a debt was paid by ${how}`, `a debt was not paid by ${how}`]),
]

const bag = steps.flatMap((step) => Array.from({ length: step.weight }, () => step))

/** Takes steps until there were so many; how often each was taken. */
async function walk(makeStore: () => Store, count: number): Promise<ReadonlyMap<string, number>> {
  const taken = new Map<string, number>()
  for (let begin = 0; begin < count; begin += worldSteps) {
    const world = new World(makeStore())
    for (const name of ['ada', 'bob', 'cyd']) await world.makeUser(`${name}@example.com`)
    for (let browsers = 0; browsers < 4; browsers++) world.open()
    const path: string[] = []
    for (let number = begin; number < Math.min(count, begin + worldSteps); number++) {
      const dice = createDice(seed, number)
      const step = dice.pick(bag)
      path.push(step.name)
      try {
        await step.take(world, dice)
        await world.check()
      } catch (error) {
        throw new Error(`PORTCULLIS_SEED=${seed}, step ${number}: ${path.slice(-12).join(', ')}`, { cause: error })
      }
      taken.set(step.name, (taken.get(step.name) ?? 0) + 1)
    }
    for (const [what, times] of world.seen) taken.set(what, (taken.get(what) ?? 0) + times)
    await world.auth.settled()
    await world.auth.close()
  }
  return taken
}

for (const [name, count] of [
  ['memory', soak ? 100_000 : 5_000],
  ['sqlite', soak ? 10_000 : 500],
] as const) {
  test(`${count} random steps leave alive what the model says lives, and nothing else (${name})`, async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'portcullis-model-'))
    let files = 0
    const makeStore = (): Store => (name === 'memory' ? memory() : sqlite(join(folder, `${files++}.db`)))
    try {
      const taken = await walk(makeStore, count)
      t.diagnostic(`PORTCULLIS_SEED=${seed}: ${[...taken].map(([step, times]) => `${step} ${times}`).join(', ')}`)
      // Of few steps the dice may leave one out.
      for (const step of count < 5_000 ? [] : [...steps.map(({ name: tried }) => tried), ...happenings])
        assert.ok(taken.get(step), `${step}: never`)
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
}
