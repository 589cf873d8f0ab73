/** The path of a Chromium for browser tests: `CHROMIUM_PATH`, else one on the machine, else Debian's, installed. */
export function findChromium(): Promise<string>
