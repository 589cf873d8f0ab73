/** The application: its own queries over its own tables, behind Portcullis's guards. */
import { Hono } from 'hono'
import type { Auth } from 'portcullis'
import { mount, requireUser } from 'portcullis/hono'
import { z } from 'zod'
import type { Member } from './auth.ts'

/** The application's own queries; ids are the numbers of its table. */
export interface Notes {
  add(author: number, content: string): Promise<void>
  /** All notes of people of a plan, with their names. */
  byPlan(plan: string): Promise<readonly { readonly name: string; readonly content: string }[]>
}

const noteBody = z.object({ content: z.string().min(1).max(1000) })

/** Makes the application. */
export function createApp(auth: Auth<Member>, notes: Notes): Hono {
  const app = new Hono()
  app.use(mount(auth))

  app.get('/me', requireUser(auth), (c) => {
    const { id, email, fullName, plan, newsletter } = c.get('identity').user
    return c.json({ id, email, fullName, plan, newsletter })
  })

  app.post('/plan', requireUser(auth, { fresh: '10m' }), async (c) => {
    const { plan } = await auth.admin.users.update(c.get('identity').user.id, { plan: 'paid' })
    return c.json({ plan })
  })

  app.post('/notes', requireUser(auth), async (c) => {
    const note = noteBody.safeParse(await c.req.json().catch(() => null))
    if (!note.success) return c.json({ error: 'Send {"content":"…"}, of at most 1000 characters.' }, 400)
    await notes.add(Number(c.get('identity').user.id), note.data.content)
    return c.body(null, 204)
  })

  app.get('/notes', requireUser(auth), async (c) => c.json(await notes.byPlan(c.get('identity').user.plan)))

  return app
}
