/** Durations as people write them. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { milliseconds, systemClock } from './clock.ts'

test('a duration is a whole number above zero with its unit', () => {
  for (const [text, expected] of [
    ['1s', 1000],
    ['90s', 90_000],
    ['30m', 1_800_000],
    ['12h', 43_200_000],
    ['7d', 604_800_000],
    ['010m', 600_000],
  ] as const)
    assert.equal(milliseconds(text, 'idle'), expected, text)
})

test('anything else is a mistake, told with the name of the option and what it was', () => {
  for (const text of [
    '',
    '0s',
    '-1s',
    '1.5h',
    '1',
    'h',
    '1 h',
    '1H',
    '1w',
    '1ms',
    '1h30m',
    'Infinityh',
    '1e3s',
    '٣m',
    '1234567890s',
    '1m\n',
  ])
    assert.throws(() => milliseconds(text, 'session.idle'), {
      message: `session.idle must be a duration such as '30m', with a whole number above zero and s, m, h or d; it is ${JSON.stringify(text)}.`,
    })
})

test('the machine’s clock tells milliseconds since 1970', () => {
  const before = Date.now()
  const told = systemClock()
  assert.ok(told >= before && told <= Date.now())
})
