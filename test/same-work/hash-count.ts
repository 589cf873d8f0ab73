/**
 * Counts what is asked of the native argon2id: import it before anything of `src`, whose imports then see the counting functions.
 * The package is CommonJS, so its exports can be replaced as long as nobody has imported them.
 */
import { createRequire } from 'node:module'

const native: typeof import('@node-rs/argon2') = createRequire(import.meta.url)('@node-rs/argon2')
const { hash, verify } = native

/** Every call so far, with the cost that it asks for. */
export const hashCalls: string[] = []

Object.assign(native, {
  hash: ((password, options, signal) => {
    hashCalls.push(`hash m=${options?.memoryCost},t=${options?.timeCost},p=${options?.parallelism}`)
    return hash(password, options, signal)
  }) satisfies typeof hash,
  verify: ((stored, password, options, signal) => {
    hashCalls.push(`verify ${/m=\d+,t=\d+,p=\d+/.exec(String(stored))?.[0]}`)
    return verify(stored, password, options, signal)
  }) satisfies typeof verify,
})
