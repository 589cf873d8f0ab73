/** Finding a route by its path: exactly, or by its last segment. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createRouter, pathOf } from './router.ts'

const routes = [{ path: '/auth/login' }, { path: '/auth/digest/:realm' }, { path: '/auth/digest/all' }, { path: '/.well-known/passkeys' }]
const find = createRouter(routes)

test('a path finds its route, whatever the query, and the exact one before the one with a parameter', () => {
  assert.deepEqual(find('/auth/login'), { route: routes[0], param: null })
  assert.deepEqual(find('/auth/login?next=/auth/digest/x'), { route: routes[0], param: null })
  assert.deepEqual(find('http://example.com/auth/login?x'), { route: routes[0], param: null })
  assert.deepEqual(find('/auth/digest/all'), { route: routes[2], param: null })
  assert.deepEqual(find('/auth/digest/a%20b'), { route: routes[1], param: 'a b' })
  assert.deepEqual(find('/.well-known/passkeys'), { route: routes[3], param: null })
})

test('what is nearly a path finds nothing', () => {
  for (const target of [
    '/auth/login/',
    '/auth//login',
    '//auth/login',
    '/AUTH/LOGIN',
    '/auth/login%20',
    '/auth/./login',
    '/auth/digest/',
    '/auth/digest',
    '/auth/digest/a/b',
    '/auth/digest/%',
    '/auth/digest/%ff',
    '/',
    '',
    '*',
    'auth/login',
    '/auth/constructor',
  ])
    assert.equal(find(target), null, target)
})

test('the path of a target is what stands before query and hash', () => {
  assert.deepEqual(['/a?b', '/a#b?c', '/a', 'https://example.com/a?b', ''].map(pathOf), ['/a', '/a', '/a', '/a', ''])
})

test('two routes of one path are a mistake', () => {
  assert.throws(() => createRouter([{ path: '/a' }, { path: '/a' }]), /Two routes have the path \/a\./)
  assert.throws(() => createRouter([{ path: '/a/:x' }, { path: '/a/:y' }]), /Two routes have the path/)
})
