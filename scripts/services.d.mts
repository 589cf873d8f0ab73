import type { DatabaseServer } from './database-servers.d.mts'

/** The path of a Chromium for browser tests: `CHROMIUM_PATH`, else one on the machine, else Debian's, installed. */
export function findChromium(): Promise<string>

/** The path of a curl: `CURL_PATH`, else the one on the machine, else Debian's, installed. */
export function findCurl(): Promise<string>

/** The database servers, each found where its variable says, else on its usual local port, else started in a temporary folder. */
export function findDatabases(): Promise<{ readonly env: Readonly<Record<string, string>>; readonly stop: () => Promise<void> }>

/** The variables that name database servers. */
export const databaseVariables: readonly string[]

/** A database server of the caller's own. */
export interface OwnServer {
  readonly url: string
  /** Ends it in order. */
  shutDown(): Promise<void>
  /** Ends it and all of its processes as they stand. */
  kill(): Promise<void>
  /** Starts it again on the same data, and waits until it answers. */
  launch(): Promise<void>
  /** Halts all of its processes. */
  freeze(): void
  thaw(): void
  /** Ends it and removes its data. */
  stop(): Promise<void>
}

/** Starts one in a temporary folder, whatever else runs on the machine; a Redis with more settings if they are given. */
export function startServer(server: DatabaseServer, settings?: readonly string[]): Promise<OwnServer>
