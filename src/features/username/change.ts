/** Choosing another username, or none. */
import { text } from '../../http/fields.ts'
import type { Context } from '../../kernel/flow.ts'
import { readUsername, refused, type UsernameRules } from './rules.ts'

/** `GET username` as JSON: the username as it is, or `null`. */
export async function showUsername(ctx: Context): Promise<Response> {
  return ctx.json({ username: ctx.user?.username ?? null })
}

/**
 * `POST username {username}`: at once, with a notice by mail. An empty one takes it away, where none is required. Sessions stay: what the
 * account is called proves nothing.
 *
 * @throws AuthError `invalid_fields`, `username_taken`
 */
export async function changeUsername(ctx: Context, rules: UsernameRules): Promise<Response> {
  const given = await ctx.fields({ username: text({ max: 200, blank: true }) })
  const { user, stamp } = (await ctx.subject()).record
  if (given.username.trim() === '' && rules.required) throw refused(({ texts }) => texts['field.required'])
  const set = given.username.trim() === '' ? { username: null, usernameKey: null } : readUsername(given.username, rules)
  if (set.username === user.username) throw refused(({ texts }) => texts['username.same'])
  await ctx.commit({
    changes: [{ kind: 'users.update', id: user.id, set, when: { stamp } }],
    events: [{ name: 'username.changed', user, by: 'user', from: user.username, to: set.username }],
  })
  return ctx.done({ members: { username: set.username }, to: ctx.targets.change })
}
