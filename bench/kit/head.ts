/** A request as an adapter would hand it over, with the cookies of a browser. */
import type { RequestHead } from 'portcullis'

export function headWith(cookie: string): RequestHead {
  return {
    method: 'GET',
    target: '/me',
    remoteAddress: '127.0.0.1',
    header: (name) => (name === 'cookie' ? cookie : null),
    body: async () => new Uint8Array(),
  }
}
