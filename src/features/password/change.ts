/** Changing the password, or setting a first one. */
import { invalidFields, text } from '../../http/fields.ts'
import type { Context } from '../../kernel/flow.ts'
import { blameField } from '../../kernel/refusal.ts'
import type { Subject } from '../../kernel/step.ts'

/**
 * `POST change-password {password?,newPassword}`: the current password first, then the policy. The user's stamp rotates in the
 * same write, so every other session ends, and this one goes on under a new token.
 */
export async function changePassword(ctx: Context): Promise<Response> {
  const { password, newPassword } = await ctx.fields({
    password: text({ secret: true, optional: true }),
    newPassword: text({ secret: true }),
  })
  const subject = await ctx.subject()
  const { user, passwordHash, stamp } = subject.record
  if (passwordHash === null)
    await ctx.requireFresh() // nothing else shows that the user is there
  else await proveCurrent(ctx, subject, password)
  if (passwordHash !== null && password === newPassword) throw invalidFields({ newPassword: [({ texts }) => texts['password.same']] })
  const about = { email: user.email, username: user.username, secondFactor: ctx.requiresSecondFactor(user) }
  const hash = await ctx.hashPassword(newPassword, about, 'newPassword')
  const next = ctx.id()
  const happened = { name: passwordHash === null ? 'password.set' : 'password.changed', user, by: 'user' } as const
  await ctx.commit({
    changes: [{ kind: 'users.update', id: user.id, set: { passwordHash: hash, stamp: next }, when: { stamp, passwordHash } }],
    events: [happened],
  })
  await ctx.reopen(next)
  await ctx.endSessions(user.id, 'others')
  return ctx.done({ to: ctx.targets.change })
}

/** `GET change-password` as JSON: whether there is one to give. */
export async function showChange(ctx: Context): Promise<Response> {
  return ctx.json({ hasPassword: (await ctx.subject()).record.passwordHash !== null })
}

async function proveCurrent(ctx: Context, { record }: Subject, password: string): Promise<void> {
  if (password === '') throw invalidFields({ password: [({ texts }) => texts['field.required']] })
  const identified = { key: ctx.keyOf(record), record }
  try {
    await ctx.guess({ ...identified, method: 'password' }, async () => ((await ctx.verifyPassword(identified, password)) ? true : null))
  } catch (error) {
    throw blameField(error, 'password')
  }
}
