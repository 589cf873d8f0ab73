/** How the administrator's pages look. */
import { type AuditRow, type Html, html, type Locale, type LoginTrack, type User, type UserFactors } from 'portcullis'
import { hidden } from './pages.ts'
import type { DemoTexts } from './texts.ts'

/** Someone's browser: a session, one that stays logged in, or one that is trusted. */
export interface Place {
  readonly id: string
  readonly usedAt: number
  readonly ip: string | null
  readonly userAgent: string | null
}

/** One account, with everything that an administrator sees of it. */
export interface UserDetails {
  readonly user: User
  readonly track: LoginTrack | null
  readonly sessions: readonly Place[]
  readonly devices: readonly Place[]
  readonly factors: UserFactors
  /** Where the second factor is not asked for. */
  readonly trusted: readonly Place[]
  readonly history: readonly AuditRow[]
  /** The names of all roles. */
  readonly roles: readonly string[]
}

/** What the list is given. */
export interface UsersView {
  readonly users: readonly User[]
  readonly search: string
  /** Whether there may be another page. */
  readonly more: boolean
  readonly csrf: string
  readonly error: string | null | undefined
  readonly said: DemoTexts
  readonly locale: Locale
}

/** The accounts: a search, a page of them, and a form to make or invite one. */
export function usersPage({ users, search, more, csrf, error, said, locale }: UsersView): Html {
  const lines = users.map(
    ({
      id,
      email,
      roles,
      active,
    }) => html`<li><div><a href="/admin/users/${encodeURIComponent(id)}"><b>${email}</b></a>${!active && html` <span class="badge">${said.inactive}</span>`}
<p class="hint">${roles.join(', ') || said.noRole}</p></div></li>`,
  )
  const last = users.at(-1)
  const next = `/admin?${new URLSearchParams({ search, after: last?.email ?? '' })}`
  return html`<form method="get" action="/admin" role="search">
<div class="field"><label for="search">${said.search}</label><input id="search" name="search" value="${search}" autocomplete="off"></div>
<button class="quiet">${said.find}</button>
</form>
<p>${users.length === 0 ? said.nobodyFound : said.accounts}</p>
<ul class="lines">${lines}</ul>${more && last && html`<ul class="links"><li><a href="${next}">${said.more}</a></li></ul>`}
<form method="post" action="/admin/users">${hidden('csrf', csrf)}${error && html`<div class="alert" role="alert"><p>${error}</p></div>`}
<div class="field"><label for="email">${locale.texts['field.email']}</label><input id="email" name="email" inputmode="email" autocomplete="off" required></div>
<div class="check"><input id="invite" name="invite" type="checkbox" value="true" checked><label for="invite">${said.invite}</label></div>
<button class="main">${said.create}</button>
</form>`
}

/** What the page of one account is given besides. */
export interface Around {
  readonly locale: Locale
  readonly said: DemoTexts
  readonly csrf: string
}

/** One account. */
export function userPage(details: UserDetails, { locale, said, csrf }: Around): Html {
  const { user, track, sessions, devices, factors, trusted, history, roles } = details
  const act = (
    action: string,
    label: string,
    fields: Html = html``,
  ): Html => html`<form method="post" action="/admin/users/${encodeURIComponent(user.id)}/${action}">${hidden('csrf', csrf)}${fields}<button class="quiet">${label}</button></form>
`
  const missing = roles.filter((role) => !user.roles.includes(role))
  const login = track && said.logins(track.count, locale.time(track.currentAt), track.currentIp ?? '?')
  return html`<p>${said.since} ${locale.time(user.createdAt)}${!user.active && html` <span class="badge">${said.inactive}</span>`}</p>
<p>${login ?? said.noLogin}</p>
<h2>${said.roles}</h2>
<ul class="lines">${user.roles.map((role) => html`<li><div>${role}</div>${act('remove-role', said.take, hidden('role', role))}</li>`)}${missing.map((role) => html`<li><div class="hint">${role}</div>${act('add-role', said.give, hidden('role', role))}</li>`)}</ul>
<h2>${said.sessions}</h2>
${places(sessions, locale, said)}
<h2>${said.devices}</h2>
${places(devices, locale, said)}
<h2>${said.factors}</h2>
<ul class="lines">${factors.authenticators.map(
    ({ name, usedAt }) => html`<li><div>${name}
<p class="hint">${locale.time(usedAt)}</p></div></li>`,
  )}<li><div class="hint">${said.codesLeft(factors.recoveryCodes)}</div></li></ul>
<h2>${said.trusted}</h2>
${places(trusted, locale, said)}
<h2>${said.operate}</h2>
<ul class="lines"><li><div>${said.hints.active}</div>${user.active ? act('deactivate', said.deactivate) : act('activate', said.activate)}</li>
<li><div>${said.hints.unlock}</div>${act('unlock', said.unlock)}</li>
<li><div>${said.hints.end}</div>${act('end-sessions', said.end)}</li>
<li><div>${said.hints.reset}</div>${act('reset-access', said.reset)}</li>
<li><div>${said.hints.delete}</div>${act('delete', said.delete)}</li></ul>
<h2>${said.history}</h2>
<ul class="lines">${history.map(
    ({ event, at, ip }) => html`<li><div><b>${event}</b>
<p class="hint">${locale.time(at)}${ip && html`, ${ip}`}</p></div></li>`,
  )}</ul>`
}

function places(list: readonly Place[], locale: Locale, said: DemoTexts): Html {
  if (list.length === 0) return html`<p class="hint">${said.none}</p>`
  return html`<ul class="lines">${list.map(
    ({ usedAt, ip, userAgent }) => html`<li><div>${userAgent ?? '?'}
<p class="hint">${locale.time(usedAt)}${ip && html`, ${ip}`}</p></div></li>`,
  )}</ul>`
}
