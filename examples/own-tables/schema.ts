/** The tables of the application, made by the application. Portcullis uses one of them and never makes or alters it. */

/**
 * People, by a number that the database gives, and their notes. The last columns of `people` are there for Portcullis; all others the
 * application has for itself, and Portcullis reads and writes some of them.
 */
export const schema: Readonly<Record<'sqlite' | 'postgres' | 'mysql', string>> = {
  sqlite: `
    create table if not exists people (
      person_id integer primary key autoincrement,
      mail text not null,
      "Full name" text,
      plan text not null default 'free',
      newsletter integer not null default 0,
      joined_at integer not null,
      is_active integer not null,
      mail_key text unique,
      password_hash text,
      stamp text
    );
    create table if not exists notes (
      note_id integer primary key autoincrement,
      author integer not null references people (person_id) on delete cascade,
      content text not null
    );`,

  postgres: `
    create table if not exists people (
      person_id integer generated always as identity primary key,
      mail varchar(254) not null,
      "Full name" varchar(100),
      plan varchar(20) not null default 'free',
      newsletter boolean not null default false,
      joined_at timestamptz not null default now(),
      is_active boolean not null default true,
      mail_key text collate "C" unique,
      password_hash text,
      stamp text
    );
    create table if not exists notes (
      note_id integer generated always as identity primary key,
      author integer not null references people (person_id) on delete cascade,
      content text not null
    );`,

  mysql: `
    create table if not exists people (
      person_id integer auto_increment primary key,
      mail varchar(254) not null,
      \`Full name\` varchar(100),
      plan varchar(20) not null default 'free',
      newsletter boolean not null default false,
      joined_at datetime(3) not null,
      is_active boolean not null default true,
      mail_key varbinary(512) unique,
      password_hash text,
      stamp varchar(64)
    );
    create table if not exists notes (
      note_id integer auto_increment primary key,
      author integer not null,
      content text not null,
      foreign key (author) references people (person_id) on delete cascade
    );`,
}

/**
 * Makes accounts of people who were there before, for addresses in ASCII (others need `readAddress(mail).key`). They have no password yet.
 * A person without a stamp is none that could log in, so the application may also keep people who have no account.
 */
export const backfill: Readonly<Record<'sqlite' | 'postgres' | 'mysql', string>> = {
  sqlite: 'update people set mail_key = lower(mail), stamp = hex(randomblob(16)) where stamp is null',
  postgres: 'update people set mail_key = lower(mail), stamp = gen_random_uuid() where stamp is null',
  mysql: 'update people set mail_key = lower(mail), stamp = sha2(concat(uuid(), rand()), 256) where stamp is null',
}
