/** Whether a client wants a page or JSON. */
import { mediaType } from './fields.ts'
import type { RequestHead } from './request-head.ts'

/** Whether a page may be answered: `Accept` names HTML and does not prefer JSON, or a form came without any word on it. */
export function wantsPage(head: RequestHead): boolean {
  const accept = head.header('accept')
  const type = mediaType(head)
  if (type === 'application/json') return false
  if (accept === null || accept.trim() === '*/*') return type === 'application/x-www-form-urlencoded'
  const html = quality(accept, 'text/html')
  return html > 0 && html >= quality(accept, 'application/json')
}

/** Whether a request is a browser going to a page, which can be sent elsewhere. */
export function isNavigation(head: RequestHead): boolean {
  return (head.method === 'GET' || head.method === 'HEAD') && wantsPage(head)
}

/** The weight an `Accept` header gives to a media type that it names (RFC 9110 section 12.5.1); 0 when it does not. */
function quality(accept: string, type: string): number {
  for (const range of accept.split(',')) {
    const [name = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase())
    if (name !== type) continue
    const weight = parameters.find((parameter) => parameter.startsWith('q='))
    return weight === undefined ? 1 : Number(weight.slice(2)) || 0
  }
  return 0
}
