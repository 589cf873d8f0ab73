import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createLocales } from '../kernel/locale.ts'
import { deviceName } from './device-name.ts'

const { fallback: locale } = createLocales({}, () => {})

test('devices are named by what their browsers say, and by nothing that they do not', () => {
  const linux = 'Mozilla/5.0 (X11; Linux x86_64'
  const windows = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36'
  const apple = 'AppleWebKit/605.1.15 (KHTML, like Gecko)'
  const names: readonly (readonly [string | null, string])[] = [
    [`${linux}; rv:140.0) Gecko/20100101 Firefox/140.0`, 'Firefox on Linux'],
    [windows, 'Chrome on Windows'],
    [`${windows} Edg/140.0.0.0`, 'Edge on Windows'],
    [`${windows} OPR/120.0.0.0`, 'Opera on Windows'],
    [`Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${apple} Version/18.5 Safari/605.1.15`, 'Safari on macOS'],
    [`Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) ${apple} Version/18.5 Mobile/15E148 Safari/604.1`, 'Safari on iPhone'],
    [`Mozilla/5.0 (iPad; CPU OS 18_5 like Mac OS X) ${apple} CriOS/140.0 Mobile/15E148 Safari/604.1`, 'Chrome on iPad'],
    ['Mozilla/5.0 (Linux; Android 15; K) AppleWebKit/537.36 Chrome/140.0.0.0 Mobile Safari/537.36', 'Chrome on Android'],
    ['curl/7.88.1', 'curl'],
    [`${linux})`, 'Linux'],
    ['<script>', 'Unknown device'],
    ['', 'Unknown device'],
    [null, 'Unknown device'],
  ]
  for (const [userAgent, name] of names) assert.equal(deviceName(userAgent, locale), name)
})
