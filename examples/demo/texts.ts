/** What the demo's own pages say, in the languages that the toolkit speaks. `locale.choose(texts)` picks one. */

/** One language's texts. */
export interface DemoTexts {
  readonly home: string
  readonly title: string
  /** Stands before the address. */
  readonly somebody: string
  readonly nobody: string
  readonly members: string
  readonly admin: string
  readonly settings: string
  readonly vault: string
  readonly accounts: string
  readonly noRole: string
  readonly inactive: string
  readonly search: string
  readonly find: string
  readonly nobodyFound: string
  readonly more: string
  readonly invite: string
  readonly create: string
  readonly since: string
  readonly noLogin: string
  readonly logins: (count: number, time: string, ip: string) => string
  readonly roles: string
  readonly sessions: string
  readonly devices: string
  readonly factors: string
  readonly codesLeft: (count: number) => string
  readonly trusted: string
  readonly history: string
  readonly take: string
  readonly give: string
  readonly none: string
  readonly operate: string
  readonly deactivate: string
  readonly activate: string
  readonly unlock: string
  readonly end: string
  readonly reset: string
  readonly delete: string
  /** What each of those does. */
  readonly hints: Readonly<Record<'active' | 'unlock' | 'end' | 'reset' | 'delete', string>>
  readonly fresh: string
  readonly administration: string
  readonly settingsTitle: string
  readonly vaultTitle: string
  readonly inVault: string
  readonly notFound: string
  readonly nothing: string
  readonly membersTitle: string
  readonly notes: string
  readonly noNotes: string
  readonly newNote: string
  readonly keep: string
  readonly mailbox: string
  readonly noMails: string
  /** Stands before an address. */
  readonly to: string
  readonly badNote: (most: number) => string
}

const english: DemoTexts = {
  home: 'Home',
  title: 'What to try',
  somebody: 'You are logged in as',
  nobody: 'You are not logged in.',
  members: 'Members: needs a session',
  admin: 'Administration: needs the role admin',
  settings: 'Settings: needs a proof of the last 10 minutes',
  vault: 'Vault: needs a second factor, proven in the last 10 minutes',
  accounts: 'The accounts:',
  noRole: 'no role',
  inactive: 'out of use',
  search: 'Address begins with',
  find: 'Search',
  nobodyFound: 'There is no such account.',
  more: 'More',
  invite: 'Send an invitation to choose a password',
  create: 'Make an account',
  since: 'Account since',
  noLogin: 'Never logged in.',
  logins: (count, time, ip) => `Logins: ${count}. The latest: ${time}, from ${ip}.`,
  roles: 'Roles',
  sessions: 'Sessions',
  devices: 'Devices that stay logged in',
  factors: 'Second factors',
  codesLeft: (count) => `Recovery codes left: ${count}.`,
  trusted: 'Trusted devices',
  history: 'History',
  take: 'Take away',
  give: 'Give',
  none: 'None.',
  operate: 'What you can do',
  deactivate: 'Put out of use',
  activate: 'Put into use',
  unlock: 'Unlock',
  end: 'Log out',
  reset: 'Reset access',
  delete: 'Delete',
  hints: {
    active: 'Whether anybody can log in to the account.',
    unlock: 'Forgets failed tries, so that nobody has to wait.',
    end: 'Ends every session, and every device that stays logged in.',
    reset: 'The same. Logins that are under way end too, and the second factors and recovery codes are gone.',
    delete: 'Deletes the account and everything that is held about it, at once.',
  },
  fresh: 'You proved less than 10 minutes ago that you are you, so this page lets you in.',
  administration: 'Administration',
  settingsTitle: 'Settings',
  vaultTitle: 'Vault',
  inVault: 'You proved a second factor less than 10 minutes ago, so this page lets you in.',
  notFound: 'Not found',
  nothing: 'There is nothing here.',
  membersTitle: 'Members',
  notes: 'Only members see this page. These are your notes:',
  noNotes: 'None yet.',
  newNote: 'New note',
  keep: 'Keep it',
  mailbox: 'Mailbox: every mail that the demo sends',
  noMails: 'No mail has arrived yet.',
  to: 'To',
  badNote: (most) => `A note is a text of 1 to ${most} characters.`,
}

const german: DemoTexts = {
  home: 'Startseite',
  title: 'Zum Ausprobieren',
  somebody: 'Sie sind angemeldet als',
  nobody: 'Sie sind nicht angemeldet.',
  members: 'Mitglieder: braucht eine Anmeldung',
  admin: 'Verwaltung: braucht die Rolle admin',
  settings: 'Einstellungen: braucht einen Nachweis aus den letzten 10 Minuten',
  vault: 'Tresor: braucht einen zweiten Faktor, nachgewiesen in den letzten 10 Minuten',
  accounts: 'Die Konten:',
  noRole: 'keine Rolle',
  inactive: 'stillgelegt',
  search: 'Adresse beginnt mit',
  find: 'Suchen',
  nobodyFound: 'Ein solches Konto gibt es nicht.',
  more: 'Weitere',
  invite: 'Eine Einladung senden, ein Passwort zu wählen',
  create: 'Konto anlegen',
  since: 'Konto seit',
  noLogin: 'Noch nie angemeldet.',
  logins: (count, time, ip) => `Anmeldungen: ${count}. Die letzte: ${time}, von ${ip}.`,
  roles: 'Rollen',
  sessions: 'Sitzungen',
  devices: 'Geräte, die angemeldet bleiben',
  factors: 'Zweite Faktoren',
  codesLeft: (count) => `Noch übrige Wiederherstellungscodes: ${count}.`,
  trusted: 'Vertraute Geräte',
  history: 'Verlauf',
  take: 'Nehmen',
  give: 'Geben',
  none: 'Keine.',
  operate: 'Was Sie tun können',
  deactivate: 'Stilllegen',
  activate: 'In Gebrauch nehmen',
  unlock: 'Entsperren',
  end: 'Abmelden',
  reset: 'Zugang zurücksetzen',
  delete: 'Löschen',
  hints: {
    active: 'Ob sich jemand bei dem Konto anmelden kann.',
    unlock: 'Vergisst Fehlversuche, damit niemand warten muss.',
    end: 'Beendet alle Sitzungen und alle Geräte, die angemeldet bleiben.',
    reset: 'Dasselbe. Anmeldungen, die gerade im Gang sind, enden auch; die zweiten Faktoren und Wiederherstellungscodes sind weg.',
    delete: 'Löscht das Konto und alles, was darüber gespeichert ist, sofort.',
  },
  fresh: 'Sie haben vor weniger als 10 Minuten nachgewiesen, dass Sie es sind. Darum lässt diese Seite Sie ein.',
  administration: 'Verwaltung',
  settingsTitle: 'Einstellungen',
  vaultTitle: 'Tresor',
  inVault: 'Sie haben vor weniger als 10 Minuten einen zweiten Faktor nachgewiesen. Darum lässt diese Seite Sie ein.',
  notFound: 'Nicht gefunden',
  nothing: 'Hier ist nichts zu finden.',
  membersTitle: 'Mitglieder',
  notes: 'Nur Mitglieder sehen diese Seite. Dies sind Ihre Notizen:',
  noNotes: 'Noch keine.',
  newNote: 'Neue Notiz',
  keep: 'Aufheben',
  mailbox: 'Postfach: alle Mails, die die Demo verschickt',
  noMails: 'Noch ist keine Mail angekommen.',
  to: 'An',
  badNote: (most) => `Eine Notiz ist ein Text von 1 bis ${most} Zeichen.`,
}

/** By language. */
export const texts: Readonly<Record<'en' | 'de', DemoTexts>> = { en: english, de: german }
