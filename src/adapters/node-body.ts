/** The bytes of a body that somebody has parsed already: for body parsers that run before the toolkit. */

/**
 * Writes a parsed body down again: texts and bytes as they are, the members of a form as a form, all else as JSON.
 *
 * @param type - The request's `Content-Type`.
 * @returns `null` for what no parser makes.
 */
export function bytesOfParsed(parsed: unknown, type: string): Uint8Array | null {
  if (parsed instanceof Uint8Array) return parsed
  if (typeof parsed === 'string') return Buffer.from(parsed)
  if (typeof parsed !== 'object' || parsed === null) return null
  if (!/^application\/x-www-form-urlencoded\b/i.test(type)) return Buffer.from(JSON.stringify(parsed))
  const form = new URLSearchParams()
  for (const [name, value] of Object.entries(parsed)) writeField(form, name, value)
  return Buffer.from(form.toString())
}

/** Several values of a name are several fields again; members in brackets get their brackets back. */
function writeField(form: URLSearchParams, name: string, value: unknown): void {
  if (Array.isArray(value)) for (const one of value) writeField(form, name, one)
  else if (typeof value === 'object' && value !== null)
    for (const [key, member] of Object.entries(value)) writeField(form, `${name}[${key}]`, member)
  else form.append(name, String(value))
}
