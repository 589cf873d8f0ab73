/** better-auth's `getSession` on a SQLite file, with its cookie cache. */
import { makeBetterAuth } from '../kit/account.ts'
import { contend, databaseFile } from '../kit/contend.ts'

const { cookie, getSession } = await makeBetterAuth(databaseFile('better-auth'), true)
const headers = new Headers({ cookie })
if (!(await getSession(headers))) throw new Error('The session is not recognised.')

contend(() => getSession(headers))
