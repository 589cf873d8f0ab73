// Finds what the tests need from outside npm, in a fixed order: the environment, the machine, Debian's packages, else an error that says what to do.
// Run directly it prints what it found.
import { mysqlServer, postgresServer, redisServer } from './database-servers.mjs'
import { findProgram, installFromDebian, isExecutable } from './machine.mjs'

/**
 * The path of a Chromium for browser tests: `CHROMIUM_PATH`, else one on the machine, else Debian's, installed.
 * @returns {Promise<string>}
 */
export async function findChromium() {
  const given = process.env.CHROMIUM_PATH
  if (given) {
    if (isExecutable(given)) return given
    throw new Error(`CHROMIUM_PATH is ${given}, which is no program that can be run.`)
  }
  const found = chromiumOfMachine() ?? (installFromDebian('chromium') ? chromiumOfMachine() : null)
  if (found) return found
  throw new Error(
    'Browser tests need Chromium: install it (Debian: apt-get install chromium) or set CHROMIUM_PATH, or run "npm run test:core".',
  )
}

function chromiumOfMachine() {
  const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']
  const onMac = ['/Applications/Chromium.app/Contents/MacOS/Chromium', '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome']
  return findProgram(names) ?? onMac.find(isExecutable) ?? null
}

/**
 * The path of a curl, for tests of what other clients do: `CURL_PATH`, else the one on the machine, else Debian's, installed.
 * @returns {Promise<string>}
 */
export async function findCurl() {
  const given = process.env.CURL_PATH
  if (given) {
    if (isExecutable(given)) return given
    throw new Error(`CURL_PATH is ${given}, which is no program that can be run.`)
  }
  const found = findProgram(['curl']) ?? (installFromDebian('curl') ? findProgram(['curl']) : null)
  if (found) return found
  throw new Error(
    'Tests of other clients need curl: install it (Debian: apt-get install curl) or set CURL_PATH, or run "npm run test:core".',
  )
}

/** The database servers that tests need, by the variable that names each to them. */
const servers = [postgresServer, mysqlServer, redisServer]

/**
 * The database servers, each found where its variable says, else on its usual local port, else started in a temporary folder.
 * @returns {Promise<{ env: Record<string, string>, stop: () => Promise<void> }>} What tests are told, and how to end what was started.
 */
export async function findDatabases() {
  const env = {}
  const stops = []
  const stop = async () => {
    await Promise.all(stops.splice(0).map((end) => end()))
  }
  try {
    for (const server of servers) {
      const found = await findServer(server)
      env[server.variable] = found.url
      stops.push(found.stop)
    }
  } catch (error) {
    await stop()
    throw error
  }
  return { env, stop }
}

/** The variables that name database servers. */
export const databaseVariables = servers.map(({ variable }) => variable)

async function findServer(server) {
  const { name, variable } = server
  const given = process.env[variable]
  if (given) {
    await server.reach(given).catch((error) => {
      throw new Error(`${variable} is ${withoutPassword(given)}, where ${name} cannot be used: ${error.message || error.code}`)
    })
    return { url: given, stop: async () => {} }
  }
  for (const url of server.local) {
    const isThere = await server.reach(url).then(
      () => true,
      () => false,
    )
    if (isThere) return { url, stop: async () => {} }
  }
  return startServer(server)
}

/** Starts a server of the caller's own on a free port in a temporary folder, whatever else runs on the machine. */
export async function startServer(server, settings) {
  const { name, variable, debian } = server
  const program = server.find() ?? (installFromDebian(debian) ? server.find() : null)
  if (program) return server.start(program, settings)
  throw new Error(
    `The tests need ${name}: install it (Debian: apt-get install ${debian}) or set ${variable} to the URL of one, or run "npm run test:core".`,
  )
}

function withoutPassword(url) {
  return url.replace(/(:\/\/[^:/@]*):[^@]*@/, '$1:…@')
}

if (import.meta.main) {
  try {
    console.log(`chromium: ${await findChromium()}`)
    console.log(`curl: ${await findCurl()}`)
    const { env, stop } = await findDatabases()
    for (const [variable, url] of Object.entries(env)) console.log(`${variable}: ${withoutPassword(url)}`)
    await stop()
  } catch (error) {
    console.error(error.message)
    process.exitCode = 1
  }
}
