/** Makes the hostile requests: first every field with every value, then whatever the dice say. */
import { gzipSync } from 'node:zlib'
import type { RouteInfo } from '../../src/index.ts'
import type { RouteFields } from './fields.ts'
import { headerNames, headerValues, hostileCookie } from './headers.ts'
import { type BodyField, type Draft, encodeFields, type Hostile } from './hostile.ts'
import { createDice, type Dice } from './random.ts'
import { bodyMethods, origin, type Site, stateFor, states } from './site.ts'
import { oddTargets } from './targets.ts'
import { canary, extraNames, hostileForms, hostileJson } from './values.ts'

/** What the requests are made for. */
export interface Ground {
  readonly site: Site
  readonly fields: RouteFields
  readonly seed: number
}

type Case = (draft: Draft, dice: Dice) => void

/** How many requests it takes until every field had every value once. */
export function casesOf({
  site,
  fields,
}: Ground): readonly { readonly route: RouteInfo; readonly method: string; readonly change: Case }[] {
  return site.auth.routes.flatMap((route) =>
    bodyMethods(route).flatMap((method) =>
      (fields.get(route.name) ?? []).flatMap((name) =>
        [...hostileJson.map((json) => giveJson(name, json)), ...hostileForms.map((form) => giveForm(name, form))].map((change) => ({
          route,
          method,
          change,
        })),
      ),
    ),
  )
}

/** The request of a number: always the same one for the same seed, apart from the cookies that the visitor holds. */
export async function makeRequest(ground: Ground, cases: ReturnType<typeof casesOf>, number: number): Promise<Hostile> {
  const dice = createDice(ground.seed, number)
  const planned = cases[number]
  const route = planned?.route ?? dice.pick(ground.site.auth.routes)
  const draft = await plainDraft(ground, route, dice)
  if (planned) {
    draft.method = planned.method
    planned.change(draft, dice)
  } else {
    if (dice.percent(20)) draft.method = dice.pick(oddMethods)
    for (let count = 1 + dice.below(3); count > 0; count--) dice.pick(changes)(draft, dice, ground)
  }
  return { ...draft, body: draft.body ?? encodeFields(draft), number }
}

/** A request that is almost right: it lacks nothing but the right password. */
async function plainDraft({ site, fields }: Ground, route: RouteInfo, dice: Dice): Promise<Draft> {
  const state = dice.percent(75) ? stateFor(route) : dice.pick(states)
  const encoding = dice.pick(['json', 'form'] as const)
  const cookie = await site.cookieOf(state)
  const type = encoding === 'json' ? 'application/json' : 'application/x-www-form-urlencoded'
  const headers = new Map([
    ['host', 'localhost:3000'],
    ['content-type', type],
    ['cookie', cookie],
  ])
  if (dice.percent(90))
    headers.set('accept', dice.pick(['application/json', 'text/html', 'text/html,application/xhtml+xml,*/*;q=0.8', '*/*']))
  if (encoding === 'form' || dice.percent(50)) headers.set('origin', origin)
  return {
    route,
    state,
    method: dice.pick(route.methods),
    target: route.path.replace(/:\w+$/, 'x'),
    named: true,
    encoding,
    fields: (fields.get(route.name) ?? []).map((name) => plainField(name, plausible(name, dice))),
    headers,
    remoteAddress: dice.percent(3)
      ? null
      : dice.pick([`203.0.113.${dice.below(64)}`, `2001:db8:0:${dice.below(64)}::1`, '127.0.0.1', 'not an address']),
    body: null,
    about: [],
  }
}

function plainField(name: string, value: string): BodyField {
  return { name, json: JSON.stringify(value), form: encodeURIComponent(value) }
}

/** Never an address that could be registered together with a password that the policy accepts. */
function plausible(name: string, dice: Dice): string {
  if (name === 'email') return dice.pick(['member@example.com', 'holder@example.com', 'MEMBER@example.com', `guest${dice.below(40)}`])
  if (name === 'next') return dice.pick(['', '/somewhere'])
  if (/password/i.test(name)) return 'not the right passphrase'
  return dice.pick(['000000', 'true', 'x'])
}

const oddMethods: readonly string[] = [
  ...['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'CONNECT', 'QUERY', 'PROPFIND', 'PURGE'],
  ...['get', 'post', 'Post', 'delete', '', ' ', '__proto__', 'constructor', 'toString', canary, 'M'.repeat(4096)],
]

function giveJson(name: string, json: string): Case {
  return (draft) => give(draft, 'json', { name, json, form: '' })
}

function giveForm(name: string, form: string): Case {
  return (draft) => give(draft, 'form', { name, json: 'null', form })
}

/** Gives a field a value in place of the one that it has. */
function give(draft: Draft, encoding: Draft['encoding'], field: BodyField): void {
  recode(draft, encoding)
  const index = draft.fields.findIndex(({ name }) => name === field.name)
  draft.fields.splice(index < 0 ? draft.fields.length : index, index < 0 ? 0 : 1, field)
  draft.about.push(`${encoding} field ${JSON.stringify(field.name.slice(0, 20))}`)
}

function recode(draft: Draft, encoding: Draft['encoding']): void {
  draft.encoding = encoding
  draft.headers.set('content-type', encoding === 'json' ? 'application/json' : 'application/x-www-form-urlencoded')
  draft.headers.set('origin', origin)
}

type Change = (draft: Draft, dice: Dice, ground: Ground) => void

const changes: readonly Change[] = [
  changeField,
  changeField,
  function addExtra(draft, dice) {
    draft.fields.push({ name: dice.pick(extraNames), json: dice.pick(hostileJson), form: dice.pick(hostileForms) })
    draft.about.push('extra field')
  },
  function repeatField(draft, dice) {
    const again = draft.fields[dice.below(draft.fields.length)]
    if (again) draft.fields.push({ name: again.name, json: dice.pick(hostileJson), form: dice.pick([again.form, dice.pick(hostileForms)]) })
    draft.about.push('field given twice')
  },
  changeHeader,
  changeHeader,
  function changeCookie(draft, dice, { site }) {
    draft.headers.set('cookie', hostileCookie(dice, site.cookieNames, draft.headers.get('cookie') ?? ''))
    draft.about.push('cookie')
  },
  function changeTarget(draft, dice) {
    const { target, names } = dice.pick(oddTargets(draft.route.path.replace(/:\w+$/, 'x')))
    draft.target = target
    draft.named = names
    draft.about.push('target')
  },
  function changeType(draft, dice) {
    draft.headers.set('content-type', dice.pick(contentTypes))
    draft.about.push('content type')
  },
  damageBody,
]

function changeField(draft: Draft, dice: Dice): void {
  const name = draft.fields[dice.below(draft.fields.length)]?.name ?? 'email'
  give(draft, draft.encoding, { name, json: dice.pick(hostileJson), form: dice.pick(hostileForms) })
}

function changeHeader(draft: Draft, dice: Dice): void {
  const name = dice.pick(headerNames)
  const value = dice.pick(headerValues)
  if (dice.percent(10)) draft.headers.delete(name)
  else draft.headers.set(name, dice.percent(15) ? `${draft.headers.get(name) ?? ''}, ${value}` : value)
  draft.about.push(`header ${name}`)
}

const contentTypes: readonly string[] = [
  '',
  ';',
  'application/json ; charset=UTF-8',
  'APPLICATION/JSON',
  'application/json; charset=utf-7',
  'application/json-patch+json',
  'application/json, text/plain',
  'text/json',
  'application/x-www-form-urlencoded;charset=shift_jis',
  'multipart/form-data; boundary=x',
  'text/plain; application/json',
  'text/xml',
  'application/octet-stream',
  canary,
]

/** A body that is broken, foreign, too large, or other than it claims. */
function damageBody(draft: Draft, dice: Dice): void {
  const whole = encodeFields(draft)
  const damages: readonly (readonly [string, () => Uint8Array])[] = [
    ['truncated body', () => whole.subarray(0, dice.below(whole.length))],
    [
      'body with more behind it',
      () => Buffer.concat([whole, Buffer.from(dice.pick(['}', '\0', '&', '{}', '\n\nGET / HTTP/1.1\r\n\r\n', '&='] as const))]),
    ],
    ['body of another JSON type', () => Buffer.from(dice.pick(['[]', '[{"email":"a"}]', '"x"', 'null', '1', 'true', '', ' ', '\n']))],
    ['byte order mark', () => Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), whole])],
    ['UTF-16 body', () => Buffer.from(Buffer.from(whole).toString('latin1'), 'utf16le')],
    [
      'bytes that are no UTF-8',
      () => Buffer.concat([whole.subarray(0, whole.length >> 1), Buffer.from([0xff, 0xc0, 0x80, 0xed, 0xa0]), whole]),
    ],
    ['oversized body', () => Buffer.alloc(65_537 + dice.below(2 ** 20), 'a')],
    ['body at the limit', () => Buffer.alloc(65_536, dice.pick(['a', '&', '=', '[', ' ', '{', '"', 'a&', '%61&', '\\']))],
    ['thousands of fields', () => Buffer.from(Array.from({ length: 9000 }, (_, index) => `k${index}=`).join('&'))],
    ['compressed body', () => gzipSync(whole)],
    ['random bytes', () => Buffer.from(Array.from({ length: dice.below(300) }, () => dice.below(256)))],
    ['no body', () => Buffer.alloc(0)],
  ]
  const [about, make] = dice.pick(damages)
  draft.body = make()
  if (about.startsWith('compressed') || dice.percent(5))
    draft.headers.set('content-encoding', dice.pick(['gzip', 'br', 'deflate', 'identity', 'x']))
  draft.about.push(about)
}
