/** The path of a Chromium for browser tests: `CHROMIUM_PATH`, else one on the machine, else Debian's, installed. */
export function findChromium(): Promise<string>

/** The path of a curl: `CURL_PATH`, else the one on the machine, else Debian's, installed. */
export function findCurl(): Promise<string>

/** The database servers, each found where its variable says, else on its usual local port, else started in a temporary folder. */
export function findDatabases(): Promise<{ readonly env: Readonly<Record<string, string>>; readonly stop: () => Promise<void> }>

/** The variables that name database servers. */
export const databaseVariables: readonly string[]
