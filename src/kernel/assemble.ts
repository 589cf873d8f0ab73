/** Puts an installation together: options checked, features joined, mistakes told before anything runs. */
import { setTimeout as pause } from 'node:timers/promises'
import { labelledHash } from '../crypto/hash.ts'
import { createKeyring } from '../crypto/keyring.ts'
import { systemRandom } from '../crypto/random.ts'
import { defaultMailLayout, type MailTemplate } from '../html/mail.ts'
import { pageScript } from '../html/script.ts'
import { styleSheet } from '../html/style.ts'
import { createRouter } from '../http/router.ts'
import { AuthError } from '../model/error.ts'
import type { Mailer } from '../model/mail.ts'
import type { Store } from '../model/store.ts'
import type { User } from '../model/user.ts'
import { checkStore } from './check-store.ts'
import { systemClock } from './clock.ts'
import { createDelivery } from './delivery.ts'
import { createEmitter, type Report } from './emit.ts'
import type { Feature, Method, ProofKind, Route } from './feature.ts'
import type { Kernel, MountedRoute } from './kernel.ts'
import { createLocales } from './locale.ts'
import { type AuthOptions, readOptions, type Settings } from './options.ts'
import { createPasswords, type Passwords } from './passwords.ts'
import { checkTemplates, chooseLayout } from './templates.ts'
import { createTurns } from './turns.ts'

/** What only the front door knows: where failures go, and what kind of installation this is. */
export interface Defaults {
  readonly production: boolean
  readonly report: Report
  /** What sends mails while developing. */
  readonly mailer: Mailer
}

/** Assembles the kernel. @throws Error with a sentence that says what to change */
export function assemble<U extends User>(options: AuthOptions<U>, defaults: Defaults): Kernel<U> {
  const production = options.production ?? defaults.production
  const report = options.report ?? defaults.report
  const settings = readOptions(options, production)
  const { features, random = systemRandom, clock = systemClock, templates = null } = options
  const keys = createKeyring(settings.secrets, random)
  const passwords = createPasswords(options.passwords ?? {}, { production, keyed: keys.keyed })
  const mounted = features.flatMap(({ routes = [] }) => routes.map((route) => mount(route, settings.basePath)))
  checkFeatures(features, mounted, settings)
  checkFactors(features, mounted, options.requireSecondFactor !== undefined)
  const mails = readMails(features)
  const mailer = chooseMailer(options.mailer, mails, production, defaults)
  const mailFiles = new Map(features.flatMap((feature) => Object.entries(feature.mailFiles ?? {})))
  if (templates) checkTemplates(templates, mounted, [...mailFiles.values()])
  const opening = createOpening(options.store, passwords, report)
  const kernel: Kernel<U> = {
    settings,
    features,
    proofKinds: new Map(features.flatMap(({ proofs = [] }) => proofs).map((kind) => [kind.method, kind])),
    identifiers: features.flatMap(({ identifier }) => identifier ?? []),
    wishes: features.flatMap(({ join }) => join?.wish ?? []),
    routes: new Map(mounted.map((route) => [route.name, route])),
    router: createRouter(mounted),
    keys,
    clock,
    random,
    passwords,
    emitter: createEmitter(report, options.background),
    mails,
    mailFiles,
    mailLayout: options.mailLayout ?? defaultMailLayout,
    get delivery() {
      return delivery
    },
    background: options.background ?? null,
    report,
    nextTurn: createTurns(),
    layout: chooseLayout(options.layout, templates, report),
    templates,
    locales: createLocales(options.locale ?? {}, report),
    assets: {
      style: `${settings.basePath}/style-${labelledHash('asset', styleSheet).slice(0, 8)}.css`,
      script: `${settings.basePath}/script-${labelledHash('asset', pageScript).slice(0, 8)}.js`,
    },
    get store() {
      return opening.opened()
    },
    epoch: async () => opening.opened().fleeting.epoch(),
    ready: opening.ready,
    readyInTime: opening.readyInTime,
    isReady: opening.isOpen,
  }
  const delivery = createDelivery(kernel, mailer)
  return kernel
}

function mount(route: Route, basePath: string): MountedRoute {
  const methods = Object.keys(route.on) as Method[]
  return { name: route.name, path: route.root ? route.path : basePath + route.path, route, methods }
}

function readMails(features: readonly Feature[]): ReadonlyMap<string, MailTemplate> {
  const mails = features.flatMap((feature) => Object.entries(feature.mails ?? {}))
  refuseTwice(
    'features send the mail',
    mails.map(([name]) => name),
  )
  refuseTwice(
    'features bring',
    features.flatMap(({ invitation, recovery }) => [...(invitation ? ['an invitation'] : []), ...(recovery ? ['a recovery'] : [])]),
  )
  return new Map(mails)
}

/** Nobody waits for a mail that nothing sends: in production there must be a mailer. */
function chooseMailer(
  own: Mailer | undefined,
  mails: ReadonlyMap<string, MailTemplate>,
  production: boolean,
  defaults: Defaults,
): Mailer | null {
  if (mails.size === 0) return null
  if (own) return own
  if (production)
    throw new Error(
      `In production createAuth needs a mailer, for example smtp() of portcullis/mail/smtp: its features send ${[...mails.keys()].join(', ')}.`,
    )
  return defaults.mailer
}

function checkFeatures(features: readonly Feature[], mounted: readonly MountedRoute[], settings: Settings): void {
  const proofs: readonly ProofKind[] = features.flatMap(({ proofs: kinds = [] }) => kinds)
  refuseTwice(
    'features have the name',
    features.map(({ name }) => name),
  )
  refuseTwice(
    'routes have the name',
    mounted.map(({ name }) => name),
  )
  refuseTwice(
    'kinds of proof have the method',
    proofs.map(({ method }) => method),
  )
  refuseTwice(
    'kinds of proof read the field',
    proofs.flatMap(({ field }) => field ?? []),
  )
  refuseTwice('ways to log in have the name', ['session', ...features.flatMap(({ schemes = [] }) => schemes.map(({ name }) => name))])
  refuseTwice(
    'features stand before the account, as',
    features.flatMap(({ beforeAccount }) => (beforeAccount ? ['beforeAccount'] : [])),
  )
  for (const { route, name } of mounted) {
    if (route.page && route.title === undefined) throw new Error(`The route "${name}" has a page and needs a title.`)
  }
  const named = proofs.flatMap(({ route, setup }) => [route ?? [], setup ?? []].flat())
  for (const name of named)
    if (!mounted.some((route) => route.name === name)) throw new Error(`A kind of proof names the route "${name}", which no feature has.`)
  const about = { features: features.map(({ name }) => name), origins: settings.originNames, production: settings.production }
  const complaints = features.flatMap(({ check }) => check?.(about) ?? [])
  if (complaints.length > 0) throw new Error(complaints.join('\n'))
}

/** Whoever owes a second factor, or must set one up, needs a page to go to. */
function checkFactors(features: readonly Feature[], mounted: readonly MountedRoute[], required: boolean): void {
  const proofs = features.flatMap(({ proofs: kinds = [] }) => kinds)
  const answering = proofs.filter(({ as }) => as.includes('second') || as.includes('backup'))
  const lost = answering.find(({ route }) => route === undefined)
  if (lost) throw new Error(`Proofs by "${lost.method}" may be owed, so they need a route where they are given.`)
  if (answering.length > 1 && !mounted.some(({ name }) => name === 'second-factor')) {
    throw new Error('With several second factors there must be a route "second-factor" to choose from: add session() to the features.')
  }
  if (required && !proofs.some(({ as, setup }) => as.includes('second') && setup !== undefined)) {
    throw new Error('requireSecondFactor is given, but no feature lets a user set up a second factor.')
  }
}

function refuseTwice(what: string, names: readonly string[]): void {
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice !== undefined) throw new Error(`Two ${what} "${twice}".`)
}

/** A migration may take minutes; no request waits that long. */
const longestOpeningMs = 5_000

/** Opens the store once for everybody who waits; a failure is told to all of them, and the next caller tries again. */
function createOpening<U extends User>(
  given: AuthOptions<U>['store'],
  passwords: Passwords,
  report: Report,
): { ready(): Promise<void>; readyInTime(): Promise<void>; isOpen(): boolean; opened(): Store<U> } {
  if (typeof given !== 'function') checkStore(given)
  let opened: Store<U> | null = null
  let opening: Promise<void> | null = null

  async function open(): Promise<void> {
    const store = typeof given === 'function' ? await given() : given
    checkStore(store)
    await store.durable.open()
    await store.fleeting.open()
    await store.meta.put('passwords', JSON.stringify(passwords.settings)) // what the command line follows
    await passwords.ready()
    opened = store
  }

  function ready(): Promise<void> {
    opening ??= open().catch((cause: unknown) => {
      opening = null
      report(cause, 'the store is not ready')
      throw new AuthError('unavailable', { cause, retryAfter: 5 })
    })
    return opening
  }

  return {
    ready,
    async readyInTime() {
      if (opened) return
      const waiting = new AbortController()
      const tooLong = pause(longestOpeningMs, undefined, waiting).then(() => {
        throw new AuthError('unavailable', { retryAfter: 5 })
      })
      tooLong.catch(() => {}) // it was called off
      await Promise.race([ready(), tooLong]).finally(() => waiting.abort())
    },
    isOpen: () => opened !== null,
    opened() {
      if (!opened) throw new Error('Await auth.ready before the store is used.')
      return opened
    },
  }
}
