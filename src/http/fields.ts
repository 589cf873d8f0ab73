/** The strict reader of forms and JSON: each field has a kind, and the wrong kind is told by name. */
import { AuthError, type FieldErrors } from '../model/error.ts'
import type { Json } from '../model/json.ts'
import type { Phrase } from '../model/locale.ts'
import type { Texts } from '../model/texts.ts'
import type { RequestHead } from './request-head.ts'

/** A field of text. A `secret` one is never shown again after an error. */
export interface TextField {
  readonly kind: 'text'
  readonly required: boolean
  /** Must be sent, and may be empty. */
  readonly blank: boolean
  readonly secret: boolean
  /** In UTF-16 code units. */
  readonly max: number
}

/** A yes or no: a JSON boolean, or `true` or `on` in a form. Absent means no. */
export interface FlagField {
  readonly kind: 'flag'
}

/** Several texts: a JSON array of strings, or a repeated form field. */
export interface ListField {
  readonly kind: 'list'
  /** Most items, each of at most 256 code units. */
  readonly max: number
}

/** Any JSON value; in a form, JSON text. `null` when absent. */
export interface JsonField {
  readonly kind: 'json'
}

/** How one field is read. */
export type Field = TextField | FlagField | ListField | JsonField

/** What a field reads as. */
export type FieldValue<F extends Field> = F extends TextField
  ? string
  : F extends FlagField
    ? boolean
    : F extends ListField
      ? readonly string[]
      : Json

/** What a set of fields reads as. A text that is not required and absent is `''`. */
export type FieldValues<S extends Readonly<Record<string, Field>>> = { readonly [N in keyof S]: FieldValue<S[N]> }

/** A text field; required unless said otherwise (`blank`: it must be sent, and may be empty), at most 1,024 code units unless said otherwise. */
export function text(
  options: { readonly optional?: true; readonly blank?: true; readonly secret?: true; readonly max?: number } = {},
): TextField {
  return {
    kind: 'text',
    required: !options.optional,
    blank: options.blank === true,
    secret: options.secret === true,
    max: options.max ?? 1024,
  }
}

/** A yes-or-no field. */
export function flag(): FlagField {
  return { kind: 'flag' }
}

/** A field of several texts, at most 64 unless said otherwise. */
export function list(options: { readonly max?: number } = {}): ListField {
  return { kind: 'list', max: options.max ?? 64 }
}

/** A field of any JSON value. */
export function json(): JsonField {
  return { kind: 'json' }
}

/** A body as it came, before any field is looked at. */
export interface RawFields {
  readonly source: 'form' | 'json'
  readonly values: ReadonlyMap<string, Json>
}

/** The media type of a request, without parameters, in lower case; `''` when there is none. */
export function mediaType(head: RequestHead): string {
  return (head.header('content-type') ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? ''
}

/**
 * Reads the body as a form or as a JSON object.
 *
 * @throws AuthError `unsupported_media_type`, `payload_too_large`, or `malformed_request` when it is not well-formed UTF-8, form or JSON object
 */
export async function readBody(head: RequestHead, limit: number): Promise<RawFields> {
  const type = mediaType(head)
  const isJson = type === 'application/json'
  if (!isJson && type !== 'application/x-www-form-urlencoded') return readEmptyBody(head, limit)
  const charset = /;\s*charset="?([^";]*)"?/i
    .exec(head.header('content-type') ?? '')?.[1]
    ?.trim()
    .toLowerCase()
  if (charset !== undefined && charset !== 'utf-8' && charset !== 'utf8') throw new AuthError('unsupported_media_type')
  const body = decodeUtf8(await head.body(limit))
  return isJson ? { source: 'json', values: parseJson(body) } : { source: 'form', values: parseForm(body) }
}

async function readEmptyBody(head: RequestHead, limit: number): Promise<RawFields> {
  const body = await head.body(limit)
  if (body.length > 0) throw new AuthError('unsupported_media_type')
  return { source: 'form', values: new Map() }
}

/** Reads a query string like a form. @throws AuthError `malformed_request` */
export function readQuery(target: string): RawFields {
  const start = target.indexOf('?')
  return { source: 'form', values: start < 0 ? new Map<string, Json>() : parseForm(target.slice(start + 1)) }
}

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (cause) {
    throw new AuthError('malformed_request', { cause })
  }
}

function parseJson(body: string): ReadonlyMap<string, Json> {
  let value: Json
  try {
    value = body === '' ? {} : JSON.parse(body)
  } catch (cause) {
    throw new AuthError('malformed_request', { cause })
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new AuthError('malformed_request')
  if (nestsDeeper(value, deepestNesting)) throw new AuthError('malformed_request', { cause: 'nested too deeply' })
  return new Map(Object.entries(value))
}

/** Levels of JSON: far more than any field needs, far fewer than overflow the stack of a validator or a store that walks them. */
const deepestNesting = 32

function nestsDeeper(value: Json, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  return levels === 0 || Object.values(value).some((member) => nestsDeeper(member, levels - 1))
}

/** Repeated names become a list, so that nobody's parser picks one of them. */
function parseForm(body: string): ReadonlyMap<string, Json> {
  const values = new Map<string, string | string[]>()
  for (const pair of body.split('&')) {
    if (pair === '') continue
    const equals = pair.indexOf('=')
    const name = decodeComponent(equals < 0 ? pair : pair.slice(0, equals))
    const value = decodeComponent(equals < 0 ? '' : pair.slice(equals + 1))
    const earlier = values.get(name)
    if (earlier === undefined) values.set(name, value)
    else if (typeof earlier === 'string') values.set(name, [earlier, value])
    else earlier.push(value) // in place: copying would let one body of thousands of repeats stop the process for seconds
  }
  return values
}

function decodeComponent(component: string): string {
  try {
    return decodeURIComponent(component.replaceAll('+', ' '))
  } catch (cause) {
    throw new AuthError('malformed_request', { cause })
  }
}

/**
 * Takes the named fields out of a body; whatever else it holds is not looked at.
 *
 * @throws AuthError `invalid_fields` with a message for each field that is missing or of the wrong kind
 */
export function takeFields<const S extends Readonly<Record<string, Field>>>(raw: RawFields, spec: S): FieldValues<S> {
  const values: Record<string, Json> = {}
  const errors: Record<string, readonly Phrase[]> = {}
  for (const [name, field] of Object.entries(spec)) {
    const taken = takeField(field, raw.values.get(name), raw.source)
    if ('error' in taken) errors[name] = [taken.error]
    else values[name] = taken.value
  }
  if (Object.keys(errors).length > 0) throw invalidFields(errors)
  return values as FieldValues<S>
}

/** The refusal of fields, by name. */
export function invalidFields(fields: FieldErrors): AuthError {
  return new AuthError('invalid_fields', { fields })
}

type Taken = { readonly value: Json } | { readonly error: Phrase }

function wrong(say: (texts: Texts) => string): Taken {
  return { error: ({ texts }) => say(texts) }
}

function takeField(field: Field, value: Json | undefined, source: RawFields['source']): Taken {
  switch (field.kind) {
    case 'text':
      return takeText(field, value, source)
    case 'flag':
      if (value === undefined || value === false) return { value: false }
      return value === true || (source === 'form' && (value === 'true' || value === 'on'))
        ? { value: true }
        : wrong((texts) => texts['field.not_a_flag'])
    case 'list':
      return takeList(field, value)
    case 'json':
      return takeJson(value, source)
  }
}

function takeText(field: TextField, value: Json | undefined, source: RawFields['source']): Taken {
  if (value === '' && field.blank) return { value }
  if (value === undefined || value === null || value === '')
    return field.required ? wrong((texts) => texts['field.required']) : { value: '' }
  if (source === 'form' && Array.isArray(value)) return wrong((texts) => texts['field.given_twice'])
  if (typeof value !== 'string') return wrong((texts) => texts['field.not_a_text'])
  if (value.length > field.max) return wrong((texts) => texts['field.too_long']({ most: field.max }))
  return isCleanText(value) ? { value } : wrong((texts) => texts['field.bad_characters'])
}

/** No NUL, which ends strings elsewhere, and no half of a surrogate pair, which no encoding can carry. */
function isCleanText(value: string): boolean {
  return !value.includes('\0') && value.isWellFormed()
}

function takeList(field: ListField, value: Json | undefined): Taken {
  if (value === undefined) return { value: [] }
  const items = typeof value === 'string' ? [value] : value
  if (!Array.isArray(items)) return wrong((texts) => texts['field.not_a_list'])
  if (items.length > field.max) return wrong((texts) => texts['field.too_many']({ most: field.max }))
  const clean = items.every((item) => typeof item === 'string' && item.length <= 256 && isCleanText(item))
  return clean ? { value: items } : wrong((texts) => texts['field.not_a_list'])
}

function takeJson(value: Json | undefined, source: RawFields['source']): Taken {
  if (value === undefined) return { value: null }
  if (source === 'json') return { value }
  if (typeof value !== 'string') return wrong((texts) => texts['field.given_twice'])
  try {
    const parsed: Json = JSON.parse(value)
    return nestsDeeper(parsed, deepestNesting) ? wrong((texts) => texts['field.too_deep']) : { value: parsed }
  } catch {
    return wrong((texts) => texts['field.not_json'])
  }
}
