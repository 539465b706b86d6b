import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { unlessAborted } from '../../core/unless-aborted.ts'
import type { ObjectBody, ObjectName } from '../../ports/destination.ts'
import { type Delivery, type DeliveryDeps, makeDelivery } from './delivery.ts'
import { onSpool, spoolBody } from './spool-body.ts'

/** What was put and removed, and has not been sent yet, in bounded room. */
export interface Outbox extends Pick<Delivery, 'find' | 'flush' | 'stop'> {
  readonly put: (name: ObjectName, body: ObjectBody, signal: AbortSignal) => Promise<void>
  readonly remove: (name: ObjectName) => Promise<void>
  /** In the spool, in bytes. */
  readonly usedBytes: () => number
}

export interface OutboxDeps extends Omit<DeliveryDeps, 'onRoom' | 'batchBytes'> {
  readonly limitBytes: number
}

export function makeOutbox(deps: OutboxDeps): Outbox {
  const { spool, limitBytes } = deps
  let used = 0
  let incoming = 0
  const waiting = new Set<() => void>()
  const delivery = makeDelivery({
    ...deps,
    // While one half is sent, the other fills.
    batchBytes: limitBytes / 2,
    onRoom: release,
  })

  function release(bytes: number): void {
    used -= bytes
    for (const wake of waiting) wake()
    waiting.clear()
  }

  /** Takes it, as soon as there is room. One body that is larger than all of the spool may be there, alone. */
  async function takeRoom(bytes: number, signal: AbortSignal): Promise<void> {
    while (used > 0 && used + bytes > limitBytes) {
      signal.throwIfAborted()
      if (delivery.isPending()) await delivery.sendSome(signal)
      else await unlessAborted(new Promise<void>((resolve) => waiting.add(resolve)), signal)
    }
    // At once: whoever else waits looks before this function's caller goes on.
    used += bytes
  }

  /** While it comes, a body of unknown length waits for what can be sent, and goes on when there is nothing. */
  async function takeMore(bytes: number, signal: AbortSignal): Promise<void> {
    while (used + bytes > limitBytes && delivery.isPending()) await delivery.sendSome(signal)
    used += bytes
  }

  return {
    find: delivery.find,
    flush: delivery.flush,
    stop: delivery.stop,
    usedBytes: () => used,
    async put(name, body, signal) {
      signal.throwIfAborted()
      const path = join(spool, `incoming-${++incoming}`)
      let held = body.size ?? 0
      await takeRoom(held, signal)
      try {
        const size = await spoolBody(path, name, body, signal, async (length) => {
          if (length <= held) return
          const more = length - held
          await takeMore(more, signal)
          held += more
        })
        const replaced = await delivery.change((batch) => onSpool(name, () => batch.put(name, path, size)))
        release(held - size + replaced)
      } catch (error) {
        release(held)
        await rm(path, { force: true })
        throw error
      }
      delivery.sendInTime()
    },
    async remove(name) {
      release(await delivery.change((batch) => batch.remove(name)))
      delivery.sendInTime()
    },
  }
}
