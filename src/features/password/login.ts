/** Logging in with an identifier and a password. */
import { text } from '../../http/fields.ts'
import type { Context } from '../../kernel/flow.ts'

/** `POST login {email,password,next?}`: throttle, hash (or the same work for nobody), then the door. */
export async function login(ctx: Context): Promise<Response> {
  const { email, password } = await ctx.fields({ email: text({ max: 320 }), password: text({ secret: true }) })
  const identified = await ctx.identify(email)
  const record = await ctx.guess({ key: identified.key, record: identified.record, method: 'password' }, async () => {
    const right = await ctx.verifyPassword(identified, password)
    return right && identified.record?.user.active ? identified.record : null
  })
  return ctx.login(record, { method: 'password' })
}

/** `GET login` as JSON: who is logged in here already, if anybody, and the form token. */
export async function showLogin(ctx: Context): Promise<Response> {
  const { user } = ctx
  return ctx.json({ user: user && { id: user.id, email: user.email, roles: user.roles }, csrf: ctx.formToken() })
}
