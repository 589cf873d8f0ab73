/** Whatever is secret comes from the operating system's generator, and from nothing that can be predicted. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { systemRandom } from '../../src/crypto/random.ts'
import { createAuth, password, registration, session } from '../../src/index.ts'
import { memory } from '../../src/stores/memory.ts'
import { secondStep } from '../contract/second-step.ts'
import { hiddenField, origin, otherPhrase, phrase, secret, serve } from '../flows/application.ts'

/** Everything that a visitor, a member and a held login are given. */
async function everySecret(random = systemRandom): Promise<readonly string[]> {
  const features = [session(), password(), registration(), secondStep()]
  const auth = createAuth({ origin, secret, store: memory(), features, random, passwords: { dangerouslyCheapHash: true } })
  const open = serve(auth)
  const alice = open()
  const given: string[] = []
  const keep = (): void => void given.push(...alice.cookies.values())
  given.push(hiddenField(await alice.visit('/auth/login'), 'csrf') ?? '')
  keep()
  await alice.post('/auth/register', { email: 'alice@example.com', password: phrase })
  keep()
  await alice.post('/auth/verify', { password: phrase })
  keep()
  await alice.post('/auth/change-password', { password: phrase, newPassword: otherPhrase })
  keep()
  await alice.post('/auth/code/setup')
  keep()
  await alice.post('/auth/login', { email: 'alice@example.com', password: otherPhrase })
  keep()
  return [...new Set(given)]
}

test('no secret asks Math.random: it may always say the same', async (t) => {
  const chance = t.mock.method(Math, 'random', () => 0.25)
  const [first, second] = [await everySecret(), await everySecret()]
  assert.ok(first.length >= 8)
  assert.deepEqual(
    first.filter((value) => second.includes(value)),
    [],
  )
  assert.equal(chance.mock.callCount(), 0)
})

test('every token draws as many bytes as it is said to have from the generator that the installation was given', async () => {
  const drawn: number[] = []
  const secrets = await everySecret((size) => {
    drawn.push(size)
    return systemRandom(size)
  })
  const tokens = secrets.filter((value) => /^[\w-]{43}$/.test(value))
  assert.ok(tokens.length >= 5)
  assert.ok(drawn.filter((size) => size === 32).length >= 5, drawn.join())
  assert.deepEqual([...new Set(drawn)].sort(), [12, 16, 32]) // 12 is the nonce of a seal (NIST SP 800-38D section 8.2.2)
})
