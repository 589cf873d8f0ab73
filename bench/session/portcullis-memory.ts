/** `auth.identify` on the store in memory. */
import { logIn, makePortcullis } from '../kit/account.ts'
import { contend } from '../kit/contend.ts'
import { headWith } from '../kit/head.ts'

const auth = await makePortcullis(null)
const head = headWith(await logIn(auth))
if (!(await auth.identify(head))) throw new Error('The session is not recognised.')

contend(() => auth.identify(head))
