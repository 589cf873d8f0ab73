/** Lets whoever tries the demo make time pass: `POST /dev/clock {"advance":"11m"}`. For development only. */
import { Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import type { DemoClock } from './database.ts'

const units: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** Makes the route `/dev/clock`. It takes nothing but JSON, which no other site can send. */
export function clockRoutes(clock: DemoClock): Hono {
  const app = new Hono()
  app.post('/dev/clock', bodyLimit({ maxSize: 1024 }), async (c) => {
    const isJson = c.req.header('content-type')?.split(';', 1)[0]?.trim() === 'application/json'
    const body: unknown = isJson ? await c.req.json().catch(() => null) : null
    const ms = typeof body === 'object' && body !== null && 'advance' in body ? milliseconds(body.advance) : null
    if (ms === null) {
      const message = 'Send JSON such as {"advance":"11m"}: a whole number from 1 to 9999 with s, m, h or d.'
      return c.json({ ok: false, error: { code: 'invalid_fields', message, fields: { advance: [message] } } }, 400)
    }
    clock.advance(ms)
    return c.json({ ok: true, now: new Date(clock.now()).toISOString() })
  })
  return app
}

function milliseconds(duration: unknown): number | null {
  const [, digits, unit = ''] = (typeof duration === 'string' && /^([1-9]\d{0,3})([smhd])$/.exec(duration)) || []
  return digits === undefined ? null : Number(digits) * (units[unit] ?? 0)
}
