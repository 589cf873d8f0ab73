/** A link and a ceremony as a feature has them, by public exports only: for the things that no feature of ours hands out yet. */
import { type Feature, type Mailer, text } from 'portcullis'
import { createMailbox } from 'portcullis/testing'

/** `POST /link` makes a link and tells its token; `POST /link/redeem` takes it. */
export const linking: Feature = {
  name: 'linking',
  routes: [
    {
      name: 'link',
      path: '/link',
      access: 'session',
      on: {
        POST: async (ctx) => {
          const { record } = await ctx.subject()
          const { token, change } = ctx.newLink({ purpose: 'test', subject: record.user.id, seconds: 600, keep: 1000, record })
          await ctx.commit({ changes: [change] })
          return ctx.json({ token })
        },
      },
    },
    {
      name: 'link.redeem',
      path: '/link/redeem',
      access: 'anyone',
      on: {
        POST: async (ctx) => {
          const { token } = await ctx.fields({ token: text() })
          await ctx.commit({ changes: [(await ctx.link('test', token)).take] })
          return ctx.json({})
        },
      },
    },
  ],
}

/** `POST /mailbox {to}` tells token and code of the latest mail to an address that this server sent, or nothing. */
export function mailbox(): { readonly feature: Feature; readonly mailer: Mailer } {
  const box = createMailbox()
  return {
    mailer: box,
    feature: {
      name: 'mailbox',
      routes: [
        {
          name: 'mailbox',
          path: '/mailbox',
          access: 'anyone',
          on: {
            POST: async (ctx) => {
              const { to } = await ctx.fields({ to: text() })
              const mail = box.latest(to)?.text ?? ''
              const code = /^[2-9A-Z]{4}-[2-9A-Z]{4}$/m.exec(mail)?.[0] ?? ''
              return ctx.json({ token: /token=([\w-]+)/.exec(mail)?.[1] ?? '', code })
            },
          },
        },
      ],
    },
  }
}

/** `POST /ceremony` begins one and tells its id; `POST /ceremony/finish` spends the challenge. */
export const ceremony: Feature = {
  name: 'ceremony',
  routes: [
    {
      name: 'ceremony',
      path: '/ceremony',
      access: 'anyone',
      on: { POST: async (ctx) => ctx.json({ id: await ctx.challenge('test', null, { seconds: 600 }) }) },
    },
    {
      name: 'ceremony.finish',
      path: '/ceremony/finish',
      access: 'anyone',
      on: {
        POST: async (ctx) => {
          const { id } = await ctx.fields({ id: text() })
          await (await ctx.challenged('test', id)).spend()
          return ctx.json({})
        },
      },
    },
  ],
}
