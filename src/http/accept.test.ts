/** Whether a client gets a page or JSON, as a table. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isNavigation, wantsPage } from './accept.ts'
import type { RequestHead } from './request-head.ts'

function headWith(accept: string | null, type: string | null = null, method = 'POST'): RequestHead {
  const header = (name: string): string | null => (name === 'accept' ? accept : name === 'content-type' ? type : null)
  return { method, target: '/', remoteAddress: null, header, body: async () => new Uint8Array() }
}

const form = 'application/x-www-form-urlencoded'
const browser = 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8'

test('browsers get pages', () => {
  assert.equal(wantsPage(headWith(browser)), true)
  assert.equal(wantsPage(headWith(browser, form)), true)
  assert.equal(wantsPage(headWith('TEXT/HTML')), true)
  assert.equal(wantsPage(headWith('application/json;q=0.5, text/html;q=0.5')), true)
})

test('scripts get JSON', () => {
  for (const accept of [
    null,
    '',
    '*/*',
    'application/json',
    'application/*',
    'text/html;q=0',
    'text/html;q=0.4, application/json',
    'text/*',
    'nonsense;;q=,',
  ])
    assert.equal(wantsPage(headWith(accept)), false, String(accept))
  assert.equal(wantsPage(headWith(browser, 'application/json')), false)
})

test('a form without a word on it gets a page, as curl -d from a shell does', () => {
  for (const accept of [null, '*/*']) assert.equal(wantsPage(headWith(accept, `${form}; charset=utf-8`)), true)
})

test('only GET and HEAD for a page are navigations', () => {
  for (const method of ['GET', 'HEAD']) assert.equal(isNavigation(headWith(browser, null, method)), true)
  assert.equal(isNavigation(headWith(browser, form, 'POST')), false)
  assert.equal(isNavigation(headWith('application/json', null, 'GET')), false)
})
