/** The demo's own tables, in the same SQLite file as the accounts: notes of members, mails, and how far its clock was moved. */
import { DatabaseSync } from 'node:sqlite'

/** What members write. */
export interface Notes {
  add(userId: string, text: string): void
  /** The latest first. */
  of(userId: string): readonly string[]
}

/** A mail that arrived. */
export interface KeptMail {
  readonly to: string
  readonly subject: string
  readonly text: string
  readonly html: string
  /** Which mail it is, for example `password.reset`. */
  readonly kind: string
  /** Milliseconds since 1970, UTC. */
  readonly at: number
}

/** Where every mail arrives, of every demo on the file. */
export interface Mailbox {
  add(mail: Omit<KeptMail, 'at'>): void
  /** The newest 100, the newest first. */
  all(): readonly KeptMail[]
}

/** A clock that only ever goes forward, shared by every demo on the file, so that no ended session comes back after a restart. */
export interface DemoClock {
  /** Milliseconds since 1970, UTC. */
  now(): number
  /** Moves it on by so many milliseconds. */
  advance(ms: number): void
}

/** The demo's own data. */
export interface Database {
  readonly notes: Notes
  readonly mailbox: Mailbox
  readonly clock: DemoClock
  close(): void
}

/** Opens the file and makes the tables that are missing. */
export function openDatabase(path: string): Database {
  const database = new DatabaseSync(path)
  database.exec(`
    pragma busy_timeout = 5000;
    pragma journal_mode = wal;
    create table if not exists demo_notes (id integer primary key, user_id text not null, text text not null);
    create table if not exists demo_mails (id integer primary key, recipient text, subject text, text text, html text, kind text, at integer);
    create table if not exists demo_clock (ms integer not null);
  `)
  const addNote = database.prepare('insert into demo_notes (user_id, text) values (?, ?)')
  const notesOf = database.prepare('select text from demo_notes where user_id = ? order by id desc limit 100')
  const addMail = database.prepare('insert into demo_mails (recipient, subject, text, html, kind, at) values (?, ?, ?, ?, ?, ?)')
  const mails = database.prepare('select recipient, subject, text, html, kind, at from demo_mails order by id desc limit 100')
  const advance = database.prepare('insert into demo_clock (ms) values (?)')
  const offset = database.prepare('select total(ms) as ms from demo_clock')
  const now = (): number => Date.now() + Number(offset.get()?.ms)
  return {
    mailbox: {
      add: ({ to, subject, text, html, kind }) => void addMail.run(to, subject, text, html, kind, now()),
      all: () =>
        mails.all().map(({ recipient, subject, text, html, kind, at }) => ({
          ...{ to: String(recipient), subject: String(subject), text: String(text), html: String(html), kind: String(kind) },
          at: Number(at),
        })),
    },
    notes: {
      add: (userId, text) => void addNote.run(userId, text),
      of: (userId) => notesOf.all(userId).map(({ text }) => String(text)),
    },
    clock: {
      now,
      advance: (ms) => void advance.run(ms),
    },
    close: () => database.close(),
  }
}
