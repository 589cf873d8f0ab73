// Writes src/kernel/common-passwords.ts from the dictionary of @zxcvbn-ts/language-common: run it after updating that package.
import { readFileSync, writeFileSync } from 'node:fs'
import { dictionary } from '@zxcvbn-ts/language-common'

const mostFrequent = 20_000
const alwaysFrom = 15 // the rarer ones of this length are few, and satisfy the default policy
const lineLength = 1_200

const words = dictionary['passwords-common']
  .filter((word, rank) => rank < mostFrequent || word.length >= alwaysFrom)
  .map((word) => word.toLowerCase())
  .filter((word) => /^[\x21-\x7e]{4,}$/.test(word) && !/[`\\]|\$\{/.test(word))
const unique = [...new Set(words)]

const lines = ['']
for (const word of unique) {
  const last = lines[lines.length - 1]
  if (last.length + word.length < lineLength) lines[lines.length - 1] = last === '' ? word : `${last} ${word}`
  else lines.push(word)
}

const source = new URL('../node_modules/@zxcvbn-ts/language-common/', import.meta.url)
const { version } = JSON.parse(readFileSync(new URL('package.json', source), 'utf8'))
const licence = readFileSync(new URL('LICENSE.txt', source), 'utf8').trim() // it asks to be kept with every copy
const file = `/**
 * The passwords that attackers try first, refused by the policy. Written by scripts/common-passwords.mjs; change nothing here.
 *
 * Source: the dictionary \`passwords-common\` of @zxcvbn-ts/language-common ${version}, under the MIT licence:
 *
${licence
  .split('\n')
  .map((line) => ` * ${line}`.trimEnd())
  .join('\n')}
 */

let made: ReadonlySet<string> | undefined

/** ${unique.length.toLocaleString('en')} common passwords, most frequent first, in lower case; made at first use. */
export function commonPasswords(): ReadonlySet<string> {
  made ??= new Set(text.split(/\\s+/))
  return made
}

const text = \`${lines.join('\n')}\`
`
writeFileSync(new URL('../src/kernel/common-passwords.ts', import.meta.url), file)
console.log(`${unique.length} passwords, ${Buffer.byteLength(file)} bytes, ${file.split('\n').length} lines`)
