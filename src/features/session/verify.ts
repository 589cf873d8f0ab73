/** Proving again that it is still the user, and choosing among second factors: by whatever kinds of proof there are. */
import { invalidFields, type TextField, text } from '../../http/fields.ts'
import type { Form } from '../../kernel/feature.ts'
import type { Context } from '../../kernel/flow.ts'
import { blameField } from '../../kernel/refusal.ts'
import type { Choice } from '../../kernel/step.ts'
import { AuthError } from '../../model/error.ts'
import type { Phrase } from '../../model/locale.ts'
import type { SecondFactorView, VerifyView } from './pages.ts'

/** A kind that `POST verify` reads a field of. */
type TypedKind = Choice & { readonly field: string }

async function typedKinds(ctx: Context): Promise<readonly TypedKind[]> {
  const { record } = await ctx.subject()
  return (await ctx.methods(record, 'again')).filter((kind): kind is TypedKind => kind.field !== undefined)
}

/** What browsers may fill in, by field; where none is named here, codes of now. */
const fillings: Readonly<Record<string, string>> = { password: 'current-password', recoveryCode: 'off' }

const oneOfThese: Phrase = ({ texts }) => texts['field.one_of_these']

/** `GET verify` → `{methods}`: what would do. */
export async function showVerify(ctx: Context): Promise<Response> {
  const { record } = await ctx.subject()
  return ctx.json({ methods: (await ctx.methods(record, 'again')).map(({ method }) => method) })
}

/** What the page is given: a form for each kind that is typed in. */
export async function verifyView(ctx: Context, form: Form): Promise<VerifyView> {
  const { record } = await ctx.subject()
  const methods = (await typedKinds(ctx)).map(({ field, label = field }) => ({
    field,
    label: ctx.locale.say(label),
    autocomplete: fillings[field] ?? 'one-time-code',
    secret: field === 'password',
  }))
  return { ...form, methods, email: record.user.email, again: { action: ctx.urlFor('logout'), next: ctx.entrance(form.next) } }
}

/** `POST verify` with the field of exactly one kind of proof: the session goes on under a new token, and is fresh. */
export async function verify(ctx: Context): Promise<Response> {
  const kinds = await typedKinds(ctx)
  const spec: Record<string, TextField> = Object.fromEntries(kinds.map(({ field }) => [field, text({ secret: true, optional: true })]))
  const values = await ctx.fields(spec)
  const given = kinds.filter(({ field }) => values[field] !== '')
  const [kind] = given
  if (kinds.length === 0) throw new AuthError('reauthentication_required', { members: { methods: [] } }) // logging in anew is the way
  if (!kind || given.length > 1) throw invalidFields(Object.fromEntries(kinds.map(({ field }) => [field, [oneOfThese]])))
  try {
    return await ctx.proveBy(kind.method, values[kind.field] ?? '')
  } catch (error) {
    throw blameField(error, kind.field)
  }
}

/** `GET second-factor` → `{methods}`: what would answer the debt of the login that this browser holds. */
export async function showSecondFactor(ctx: Context): Promise<Response> {
  const { record } = await ctx.subject()
  return ctx.json({ methods: (await ctx.methods(record, 'second')).map(({ method }) => method) })
}

/** What the page to choose from is given. */
export async function secondFactorView(ctx: Context, form: Form): Promise<SecondFactorView> {
  const { record } = await ctx.subject()
  const kinds = await ctx.methods(record, 'second')
  const methods = kinds.flatMap(({ method, route, label = method }) =>
    route ? [{ name: method, href: ctx.urlFor(route), label: ctx.locale.say(label) }] : [],
  )
  return { ...form, methods }
}
