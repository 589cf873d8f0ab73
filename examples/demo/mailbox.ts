/** Where the demo's mails arrive, for everybody to read: `/dev/mailbox` and `/dev/mailbox.json`. For development only. */
import { Hono } from 'hono'
import { type Auth, html, type Mailer } from 'portcullis'
import { smtp } from 'portcullis/mail/smtp'
import type { KeptMail, Mailbox } from './database.ts'
import type { ShowPage } from './pages.ts'
import { texts } from './texts.ts'

/** Keeps every mail in the demo's database, and sends it too where `SMTP_URL` says how. */
export function createDemoMailer(mailbox: Mailbox, smtpUrl: string | null): Mailer {
  const sender = smtpUrl === null ? null : smtp(smtpUrl, { from: 'Portcullis demo <demo@example.com>' })
  return {
    async send(message) {
      await sender?.send(message)
      mailbox.add({ to: message.to, subject: message.subject, text: message.text, html: message.html, kind: message.mail })
    },
    close: () => sender?.close?.(),
  }
}

/** Makes the routes. They need no session: it is the demo's one mailbox. */
export function mailboxRoutes(auth: Auth, mailbox: Mailbox, show: ShowPage): Hono {
  const app = new Hono()
  app.get('/dev/mailbox.json', (c) => c.json(mailbox.all().map(withCode)))
  app.get('/dev/mailbox', async (c) => {
    const said = (await auth.locale(c.req.raw)).choose(texts)
    const mails = mailbox.all()
    const lines = mails.map(
      ({ to, subject, text, at }) => html`<li><div><b>${subject}</b>
<p class="hint">${said.to} ${to}, ${new Date(at).toISOString()}</p>
${text.split('\n\n').map((part) => html`<p>${part.split('\n').map(linked)}</p>`)}</div></li>`,
    )
    return show(c, { title: said.mailbox, body: mails.length === 0 ? html`<p>${said.noMails}</p>` : html`<ul class="lines">${lines}</ul>` })
  })
  return app
}

/** A line of a mail; one that is an address of the web is a link. */
function linked(line: string): ReturnType<typeof html> {
  return /^https?:\/\/\S+$/.test(line) ? html`<a href="${line}">${line}</a> ` : html`${line} `
}

/** With the code that stands alone on a line, where a mail has one. */
function withCode(mail: KeptMail): KeptMail & { readonly code?: string } {
  const code = /^[A-Z0-9]{4}-[A-Z0-9]{4}$/m.exec(mail.text)?.[0]
  return code === undefined ? mail : { ...mail, code }
}
