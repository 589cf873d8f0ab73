import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Html, html } from './html.ts'

test('no value ends the text or the quoted attribute that it stands in', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (value) => {
      const [, attribute = '', text = ''] =
        /^<a title="([\s\S]*)">([\s\S]*)<\/a>$/.exec(html`<a title="${value}">${value}</a>`.toString()) ?? []
      for (const escaped of [attribute, text]) {
        assert.doesNotMatch(escaped, /[<>"']|&(?!amp;|lt;|gt;|quot;|#39;)/)
        assert.equal(decodeEntities(escaped), value)
      }
    }),
  )
})

test('markup is taken as it is, lists are joined, and nothing is made of absent values', () => {
  assert.equal(html`<p>${[html`<b>${1}</b>`, ['&', null], undefined, false]}</p>`.toString(), '<p><b>1</b>&amp;</p>')
})

test('an object that only looks like markup is escaped or refused', () => {
  const forged = { toString: () => '<script>' }
  assert.equal(forged instanceof Html, false)
  assert.throws(() => html`${forged as unknown as Html}`, TypeError)
})

function decodeEntities(text: string): string {
  const characters: Readonly<Record<string, string>> = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#39;': "'" }
  return text.replace(/&(?:amp|lt|gt|quot|#39);/g, (entity) => characters[entity] ?? entity)
}
