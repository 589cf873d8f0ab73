/** Which devices a change means, the same in every store. */
import type { DeviceChoice } from '../model/change.ts'
import type { Device } from '../model/device.ts'

/** Whether a device of the user is one of those that were chosen; without a choice all are. */
export function isChosen({ id, sessionId }: Device, which: DeviceChoice | undefined): boolean {
  if (which === undefined) return true
  if ('id' in which) return id === which.id
  return 'sessionId' in which ? sessionId === which.sessionId : sessionId !== which.exceptSessionId
}
