/** What the demo's own pages say, in the languages that the toolkit speaks. `locale.choose(texts)` picks one. */

interface DemoTexts {
  readonly home: string
  readonly title: string
  /** Stands before the address. */
  readonly somebody: string
  readonly nobody: string
  readonly members: string
  readonly admin: string
  readonly settings: string
  readonly accounts: string
  readonly noRole: string
  readonly fresh: string
  readonly administration: string
  readonly settingsTitle: string
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
  accounts: 'The accounts:',
  noRole: 'no role',
  fresh: 'You proved less than 10 minutes ago that you are you, so this page lets you in.',
  administration: 'Administration',
  settingsTitle: 'Settings',
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
  accounts: 'Die Konten:',
  noRole: 'keine Rolle',
  fresh: 'Sie haben vor weniger als 10 Minuten nachgewiesen, dass Sie es sind. Darum lässt diese Seite Sie ein.',
  administration: 'Verwaltung',
  settingsTitle: 'Einstellungen',
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
