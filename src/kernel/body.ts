/** The body of an exchange: read and parsed once, whoever asks. */
import { type RawFields, readBody } from '../http/fields.ts'
import type { Exchange } from './exchange.ts'

/** The most a body may hold, in bytes: no form of ours comes near it. */
const bodyLimit = 65_536

/** The fields as they came. @throws AuthError as `readBody` does, the same for every caller */
export function bodyOf(exchange: Exchange): Promise<RawFields> {
  exchange.body ??= readBody(exchange.head, bodyLimit)
  return exchange.body
}
