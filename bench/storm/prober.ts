/** A member during the storm: asks the protected route at a steady pace, and keeps how long each answer took from when it was due. */
import { Agent, request } from 'node:http'
import { answerParent } from '../kit/child.ts'

const [port, perSecond, cookie] = [Number(process.argv[2]), Number(process.argv[3]), process.argv[4] ?? '']
const agent = new Agent({ keepAlive: true, maxSockets: 50 })
let took: number[] = []
let failed = 0
let due = performance.now()

function ask(since: number): void {
  const asked = request({ port, host: '127.0.0.1', path: '/me', agent, headers: { cookie } }, (reply) => {
    reply.resume()
    reply.once('end', () => {
      if (reply.statusCode === 200) took.push(performance.now() - since)
      else failed += 1
    })
  })
  asked.once('error', () => {
    // The server may close an idle connection in the very moment in which it is used again.
    if (asked.reusedSocket) ask(since)
    else failed += 1
  })
  asked.end()
}

setInterval(() => {
  for (; due <= performance.now(); due += 1000 / perSecond) ask(due)
}, 1)

answerParent('ready', () => {
  const answer = { took, failed }
  took = []
  failed = 0
  return answer
})
