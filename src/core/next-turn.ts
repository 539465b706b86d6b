import { setImmediate } from 'node:timers/promises'

/** After all that is waiting already, such as a reader that has been given something and begins to write it. The opener page has a twin of this module. */
export function nextTurn(): Promise<void> {
  return setImmediate()
}
