/** Making an account of one's own. */
import { invalidFields, type TextField, text } from '../../http/fields.ts'
import { readAddress } from '../../kernel/address.ts'
import type { Context } from '../../kernel/flow.ts'
import type { Named } from '../../kernel/identifier.ts'
import type { FieldErrors } from '../../model/error.ts'
import type { Json, Members } from '../../model/json.ts'
import type { SchemaIssue, StandardSchema } from './standard-schema.ts'

/** What the handler needs of the feature's options. */
export interface RegisterRules {
  readonly confirm: boolean
  readonly schema: StandardSchema | null
}

const own = ['email', 'password', 'passwordConfirm']

/**
 * `POST register {email,password}`: fields, the application's own validator, this network's limit, the policy; then the
 * account and the login in one write. A taken address is told (409), after the same work, since nothing here can hide it.
 */
export async function register(ctx: Context, rules: RegisterRules): Promise<Response> {
  const fields = await ctx.fields({
    email: text({ max: 320 }),
    password: text({ secret: true }),
    passwordConfirm: text({ secret: true, optional: true }),
  })
  const names = ctx.identifiers.map(({ name }) => name)
  const extra = rules.schema ? await readExtra(rules.schema, await ctx.otherFields([...own, ...names])) : {}
  const address = readAddress(fields.email)
  if (!address) throw invalidFields({ email: [({ texts }) => texts['field.not_an_address']] })
  const confirmed = fields.passwordConfirm === fields.password || (fields.passwordConfirm === '' && !(rules.confirm && ctx.wantsPage))
  if (!confirmed) throw invalidFields({ passwordConfirm: [({ texts }) => texts['register.not_the_same']] })
  await ctx.limit('registrations')
  const named = await readIdentifiers(ctx)
  const about = { email: address.email, username: named.username, secondFactor: false }
  const passwordHash = await ctx.hashPassword(fields.password, about, 'password')
  const draft = { userId: await ctx.newUserId(), email: address.email, ...named, passwordHash, extra, changes: [] }
  return ctx.register(draft, { method: 'password' })
}

/** What the account is called besides its address. @throws AuthError `invalid_fields`, or that a name is taken */
async function readIdentifiers(ctx: Context): Promise<Named> {
  let named: Named = { username: null, usernameKey: null }
  for (const { name, enrol } of ctx.identifiers) {
    if (!enrol) continue
    const spec: Record<string, TextField> = { [name]: text({ max: 320, optional: true }) }
    const typed = (await ctx.fields(spec))[name] ?? ''
    if (typed !== '') named = await enrol.read(ctx.reads, typed)
    else if (enrol.required) throw invalidFields({ [name]: [({ texts }) => texts['field.required']] })
  }
  return named
}

/** The application's fields as its validator gives them back. @throws AuthError `invalid_fields` under the names of the fields */
async function readExtra(schema: StandardSchema, given: Members): Promise<Members> {
  const result = await schema['~standard'].validate(given)
  if (result.issues) throw invalidFields(byField(result.issues))
  const value: Json = JSON.parse(JSON.stringify(result.value ?? {}))
  if (!isMembers(value)) throw new Error('The validator of registration must give an object back.')
  return value
}

function isMembers(value: Json): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function byField(issues: readonly SchemaIssue[]): FieldErrors {
  const errors = new Map<string, readonly string[]>()
  for (const { path = [], message } of issues) {
    const first = path[0]
    const name = first === undefined ? '' : String(typeof first === 'object' ? first.key : first)
    errors.set(name, [...(errors.get(name) ?? []), message])
  }
  return Object.fromEntries(errors)
}
