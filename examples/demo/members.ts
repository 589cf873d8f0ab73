/** A page for members, and the application's own unsafe route: `requireUser` keeps other sites from sending its form. */
import { type Context, Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { type Auth, html } from 'portcullis'
import { type AuthEnv, requireUser } from 'portcullis/hono'
import type { Notes } from './database.ts'
import { hidden, type ShowPage, showIdentity, wantsPage } from './pages.ts'
import { texts } from './texts.ts'

const longest = 500

/** Makes the routes `/members` and `/notes`. */
export function memberRoutes(auth: Auth, notes: Notes, show: ShowPage): Hono<AuthEnv> {
  const app = new Hono<AuthEnv>()

  async function showMembers(c: Context<AuthEnv>, error: string | null): Promise<Response> {
    const said = (await auth.locale(c.req.raw)).choose(texts)
    const { user } = c.get('identity')
    const lines = notes.of(user.id).map((text) => html`<li><div>${text}</div></li>`)
    const body = html`<p>${said.notes}</p>
${lines.length > 0 ? html`<ul class="lines">${lines}</ul>` : html`<p class="hint">${said.noNotes}</p>`}
<form method="post" action="/notes">
${hidden('csrf', (await auth.formToken(c.req.raw)) ?? '')}
${error && html`<div class="alert" role="alert"><p>${error}</p></div>`}
<div class="field"><label for="text">${said.newNote}</label><input id="text" name="text" maxlength="${longest}" autocomplete="off" required></div>
<button class="main">${said.keep}</button>
</form>`
    return show(c, { title: said.membersTitle, body, status: error ? 400 : 200 })
  }

  app.get('/members', requireUser(auth), (c) => (wantsPage(c) ? showMembers(c, null) : showIdentity(c, c.get('identity'))))

  app.post('/notes', bodyLimit({ maxSize: 8192 }), requireUser(auth), async (c) => {
    const text = await readText(c)
    const said = (await auth.locale(c.req.raw)).choose(texts)
    const error = text === null || text.length > longest ? said.badNote(longest) : null
    if (text !== null && error === null) notes.add(c.get('identity').user.id, text)
    if (wantsPage(c)) return error ? showMembers(c, error) : c.redirect('/members', 303)
    if (error) return c.json({ ok: false, error: { code: 'invalid_fields', message: error, fields: { text: [error] } } }, 400)
    return c.json({ ok: true, notes: notes.of(c.get('identity').user.id) })
  })

  return app
}

/** The field `text` of a form or a JSON object; `null` when it is not there or empty. */
async function readText(c: Context): Promise<string | null> {
  try {
    const isJson = c.req.header('content-type')?.startsWith('application/json')
    const fields: unknown = isJson ? await c.req.json() : await c.req.parseBody()
    const text = typeof fields === 'object' && fields !== null && 'text' in fields ? fields.text : null
    return typeof text === 'string' && text.trim() !== '' ? text.trim() : null
  } catch {
    return null // a body that cannot be read holds no note
  }
}
