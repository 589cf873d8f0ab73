/** Logging in with an identifier and a password. */
import { invalidFields, type TextField, text } from '../../http/fields.ts'
import type { Context } from '../../kernel/flow.ts'

/** `POST login {email|username,password,next?}`: throttle, hash (or the same work for nobody), then the door. */
export async function login(ctx: Context): Promise<Response> {
  const { name, password } = await readLogin(ctx)
  const identified = await ctx.identify(name)
  const record = await ctx.guess({ key: identified.key, record: identified.record, method: 'password' }, async () => {
    const right = await ctx.verifyPassword(identified, password)
    return right && identified.record?.user.active ? identified.record : null
  })
  return ctx.login(record, { method: 'password' })
}

/** Whoever logs in is named by the field `email`, which takes every identifier, or by the one of an identifier's own name. */
async function readLogin(ctx: Context): Promise<{ readonly name: string; readonly password: string }> {
  const others = ctx.identifiers.map((identifier) => identifier.name)
  const spec: Record<string, TextField> = {
    email: others.length === 0 ? text({ max: 320 }) : text({ max: 320, optional: true }),
    ...Object.fromEntries(others.map((other) => [other, text({ max: 320, optional: true })])),
    password: text({ secret: true }),
  }
  const { password = '', ...typed } = await ctx.fields(spec)
  const name = ['email', ...others].map((field) => typed[field] ?? '').find((value) => value !== '')
  if (name === undefined) throw invalidFields({ email: [({ texts }) => texts['field.required']] })
  return { name, password }
}

/** `GET login` as JSON: who is logged in here already, if anybody, and the form token. */
export async function showLogin(ctx: Context): Promise<Response> {
  const { user } = ctx
  return ctx.json({ user: user && { id: user.id, email: user.email, roles: user.roles }, csrf: ctx.formToken() })
}
