/** Whatever is sent to whichever route: documented answers, protected pages, no session, no growth. Routes that are added later join by themselves. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { test } from 'node:test'
import { headOfRequest } from '../../src/index.ts'
import { memory } from '../../src/stores/memory.ts'
import { onEveryStore } from '../flows/stores.ts'
import { learnFields, refusedFields } from './fields.ts'
import { seed } from './random.ts'
import type { Report } from './siege.ts'
import { bodyMethods, createSite, origin, phrase, type Site, stateFor } from './site.ts'
import { hostileJson, hostileTexts, megabyte, otherThanText } from './values.ts'
import { judge, readReply } from './verdict.ts'

const soak = process.env.PORTCULLIS_SOAK === '1'
const megabytes = 2 ** 20

test('the fields of a route are learnt from the route', async () => {
  const site = await createSite(memory(), { confirms: true })
  const learnt = await learnFields(site)
  const expected = {
    login: ['email', 'password'],
    register: ['email', 'password', 'passwordConfirm', 'nickname'],
    'password.change': ['password', 'newPassword'],
    'sessions.revoke': ['id', 'others'],
    verify: ['password'],
    'totp.confirm': ['setupId', 'code', 'name'],
    'totp.verify': ['code'],
    'totp.remove': ['id'],
    'recovery-codes.use': ['code'],
    'trusted-devices.revoke': ['id'],
  }
  for (const [name, fields] of Object.entries(expected)) {
    const missing = [...fields, 'csrf', 'next'].filter((field) => !learnt.get(name)?.includes(field))
    assert.deepEqual(missing, [], name)
  }
  const silent = site.auth.routes.filter((route) => bodyMethods(route).length > 0 && !learnt.get(route.name)?.length)
  assert.deepEqual(silent, [])
})

test('THR-75 THR-119 a field of text refuses every other JSON type by its name', async () => {
  const site = await createSite(memory(), { confirms: true })
  const learnt = await learnFields(site)
  let refused = 0
  for (const route of site.auth.routes) {
    for (const method of bodyMethods(route)) {
      for (const name of learnt.get(route.name) ?? []) {
        const named = async (json: string): Promise<boolean> => {
          const { reply } = await post(site, route.path, `{${JSON.stringify(name)}:${json}}`, await site.cookieOf(stateFor(route)), method)
          return reply.status === 400 && refusedFields(JSON.parse(reply.text)).includes(name)
        }
        if (!(await named('0'))) continue // read by no handler, or only together with others
        for (const json of otherThanText) {
          const isFlag = (json === 'true' || json === 'false') && !(await named('true'))
          assert.ok(isFlag || (await named(json)), `${route.name} takes ${json} for ${name}`)
          refused += 1
        }
      }
    }
  }
  assert.ok(refused > 60, `only ${refused} were refused`)
})

for (const store of ['memory', 'sqlite']) {
  const count = soak ? 1_000_000 : 20_000
  test(`THR-9 THR-13 THR-57 THR-117 THR-128 ${count} hostile requests get documented answers and nothing else (${store})`, async () => {
    const { requests, statuses, cases, heap, warnings, slowest } = await besiege(store, count)
    assert.equal(requests, count)
    assert.ok(cases > 2000, `each of ${cases} fields and values`)
    assert.deepEqual(warnings, [])
    for (const status of [0, 200, 303, 400, 401, 403, 405, 409, 413, 415, 429]) assert.ok(statuses[status], `no reply was ${status}`)
    assert.ok(heap.late - heap.early < 10 * megabytes, `the heap grew from ${heap.early} to ${heap.late} bytes`)
    assert.ok(slowest.took < 10_000, `a reply took ${slowest.took} ms:\n${slowest.request}`)
  })
}

/** Attacks in a process of its own, whose whole output is the report. */
async function besiege(store: string, count: number): Promise<Report> {
  const flags = ['--expose-gc', '--unhandled-rejections=strict', '--disable-warning=ExperimentalWarning']
  const { NODE_TEST_CONTEXT: _, ...env } = process.env
  const child = spawn(process.execPath, [...flags, join(import.meta.dirname, 'siege.ts'), store, String(count), String(seed)], { env })
  let [output, complaints] = ['', '']
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaints += text
  })
  await once(child, 'close')
  assert.equal(complaints, '')
  assert.equal(child.exitCode, 0)
  return JSON.parse(output)
}

onEveryStore('THR-80 a registration takes any extra, and none of them makes the account more than a plain one', async (store) => {
  const site = await createSite(store)
  const extras = ['id', 'roles', 'active', 'stamp', 'passwordHash', 'createdAt', 'emailKey', 'user', '__proto__', 'constructor', 'bio']
  let registered = 0
  for (const [index, json] of hostileJson.entries()) {
    const name = extras[index % extras.length] ?? ''
    const fields = `"email":"new${index}@example.com","password":"${phrase}","nickname":"N",${JSON.stringify(name)}:${json}`
    const { reply, cookie } = await post(site, site.auth.urlFor('register'), `{${fields}}`)
    assert.ok([200, 400, 413].includes(reply.status), `${reply.status} for ${name} ${json.slice(0, 80)}`)
    if (reply.status !== 200) continue
    registered += 1
    const { user } = JSON.parse((await get(site, site.auth.urlFor('session'), cookie)).text)
    assert.deepEqual([user.email, user.roles], [`new${index}@example.com`, []])
    const account = await site.auth.admin.users.byEmail(user.email)
    assert.deepEqual([account?.id, account?.active, account?.username], [user.id, true, null])
  }
  assert.ok(registered > 50, `only ${registered} registered`)
  assert.deepEqual(site.reported, [])
})

onEveryStore('THR-58 THR-61 a hostile new password is refused, or is then the password: whole, and no shorter one', async (store) => {
  const site = await createSite(store)
  let current = phrase
  for (const newPassword of [...hostileTexts, megabyte, `${phrase}\0${phrase}`, `${'long '.repeat(18)}end`]) {
    const cookie = await site.cookieOf('member')
    const { reply } = await post(site, site.auth.urlFor('password.change'), JSON.stringify({ password: current, newPassword }), cookie)
    assert.ok([200, 400, 413].includes(reply.status), `${reply.status} for ${JSON.stringify(newPassword.slice(0, 80))}`)
    if (reply.status === 200) current = newPassword
    const member = await site.auth.admin.users.byEmail('member@example.com')
    assert.ok(member && (await site.auth.verifyPassword(member, current)))
    assert.equal(await site.auth.verifyPassword(member, current.slice(0, -1)), false)
    if (reply.status === 200) await renew(site)
  }
  assert.notEqual(current, phrase)
  assert.deepEqual(site.reported, [])
})

/** Changes of the password end the sessions of others, also those that the site keeps ready. */
async function renew(site: Site): Promise<void> {
  for (let uses = 0; uses < 25; uses++) await site.cookieOf('member')
}

async function post(site: Site, path: string, body: string, cookie = '', method = 'POST') {
  const headers = { cookie, accept: 'application/json', 'content-type': 'application/json' }
  return send(site, new Request(origin + path.replace(/:\w+$/, 'x'), { method, headers, body }))
}

async function get(site: Site, path: string, cookie: string) {
  return (await send(site, new Request(origin + path, { headers: { cookie, accept: 'application/json' } }))).reply
}

async function send(site: Site, request: Request) {
  const response = await site.auth.handle(headOfRequest(request, '198.51.100.7'))
  assert.ok(response)
  const cookie = response.headers
    .getSetCookie()
    .map((line) => line.split(';', 1)[0])
    .join('; ')
  const reply = await readReply(response)
  judge(reply, { method: request.method, state: 'member' }, site)
  return { reply, cookie }
}
