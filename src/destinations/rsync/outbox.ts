import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { ObjectBody, ObjectName } from '../../ports/destination.ts'
import { type Batch, makeBatch } from './batch.ts'
import { onSpool, spoolBody } from './spool-body.ts'
import type { Transfers } from './transfers.ts'

/** What was put and removed, and has not been sent yet: batches that are sent in their order. */
export interface Outbox {
  readonly put: (name: ObjectName, body: ObjectBody, signal: AbortSignal) => Promise<void>
  remove(name: ObjectName): Promise<void>
  /** What is to become of an object, where anything is: the path of its file, or that it goes. */
  find(name: ObjectName): { readonly path: string } | 'removed' | undefined
  /** Sends all that was put and removed before. @throws RedomaError as `Transfers` */
  readonly flush: (signal: AbortSignal) => Promise<void>
  /** In the spool, in bytes. */
  usedBytes(): number
  /** Nothing is sent any more unless `flush` is called. */
  stop(): void
}

export interface OutboxDeps {
  readonly transfers: Transfers
  readonly spool: string
  /** At the destination. */
  readonly folder: string
  readonly limitBytes: number
  /** Runs one transfer at a time, until the destination is disposed of. */
  readonly inTurn: (work: (signal: AbortSignal) => Promise<void>) => Promise<void>
  /** Before what is sent counts. */
  readonly onDelivered: (names: Iterable<ObjectName>) => Promise<void>
}

/** So much is sent at once, or more: below it, beginning takes longer than sending. */
const worthSendingBytes = 32 * 1024 * 1024
/** What is not worth it by itself goes after so long: locks that others look for must not stay here. */
const lingerMs = 1000
/** When it could not be sent, and nobody waits for it. */
const againMs = 10_000

export function makeOutbox(deps: OutboxDeps): Outbox {
  const { transfers, spool, folder, limitBytes } = deps
  let number = 0
  let open = makeBatch(number, spool, folder)
  /** Oldest first. */
  const sealed: Batch[] = []
  let delivering: Promise<void> | undefined
  let used = 0
  let incoming = 0
  let timer: NodeJS.Timeout | undefined
  let isStopped = false
  const waiting = new Set<() => void>()
  /** What touches the open batch, one after the other: it consists of several steps, and a batch that is sealed stays as it is. */
  let touching: Promise<unknown> = Promise.resolve()

  function touch<T>(work: (batch: Batch) => Promise<T>): Promise<T> {
    const done = touching.then(() => work(open))
    touching = done.catch(() => undefined)
    return done
  }

  /** @returns the number of the last batch that has to be sent */
  function seal(): Promise<number> {
    return touch(async (batch) => {
      if (!batch.isEmpty()) {
        sealed.push(batch)
        open = makeBatch(++number, spool, folder)
      }
      return number - 1
    })
  }

  function release(bytes: number): void {
    used -= bytes
    for (const wake of [...waiting]) wake()
    waiting.clear()
  }

  /** Sends the oldest; all who want it sent wait for one and the same. */
  function deliverOldest(): Promise<void> {
    delivering ??= deliver().finally(() => (delivering = undefined))
    return delivering
  }

  async function deliver(): Promise<void> {
    const [batch] = sealed
    if (batch === undefined) return
    await deps.inTurn(async (signal) => {
      await batch.deliver(transfers, signal)
      await deps.onDelivered(batch.names())
    })
    sealed.shift()
    release(batch.bytes())
    await batch.dispose()
  }

  async function flush(signal: AbortSignal): Promise<void> {
    const last = await seal()
    for (let [oldest] = sealed; oldest !== undefined && oldest.number <= last; [oldest] = sealed) {
      await unlessAborted(deliverOldest(), signal)
    }
  }

  /** In the background: who needs it done hears of a failure when they try themselves. */
  function sendSoon(afterMs: number): void {
    if (isStopped || timer !== undefined) return
    timer = setTimeout(() => {
      timer = undefined
      sendNow()
    }, afterMs).unref()
  }

  function sendNow(): void {
    if (isStopped) return
    if (delivering !== undefined) {
      sendSoon(lingerMs)
      return
    }
    seal()
      .then(deliverOldest)
      .then(
        () => {
          if (sealed.length > 0 || open.bytes() >= worthSendingBytes) sendNow()
          else if (!open.isEmpty()) sendSoon(lingerMs)
        },
        () => {
          sendSoon(againMs)
        },
      )
  }

  function isToSend(): boolean {
    return sealed.length > 0 || !open.isEmpty()
  }

  /** One body that is larger than all of the spool may be there, alone. */
  async function waitForRoom(bytes: number, signal: AbortSignal): Promise<void> {
    while (used > 0 && used + bytes > limitBytes) {
      signal.throwIfAborted()
      if (isToSend()) {
        await seal()
        await unlessAborted(deliverOldest(), signal)
      } else {
        await unlessAborted(new Promise<void>((resolve) => waiting.add(resolve)), signal)
      }
    }
  }

  /** While it comes, a body of unknown length waits for what can be sent, and goes on when there is nothing. */
  async function grow(bytes: number, signal: AbortSignal): Promise<void> {
    while (used + bytes > limitBytes && isToSend()) {
      await seal()
      await unlessAborted(deliverOldest(), signal)
    }
    used += bytes
  }

  return {
    flush,
    usedBytes: () => used,
    async put(name, body, signal) {
      signal.throwIfAborted()
      const path = join(spool, `incoming-${++incoming}`)
      const reserved = body.size ?? 0
      await waitForRoom(reserved, signal)
      used += reserved
      let held = reserved
      try {
        const size = await spoolBody(path, name, body, signal, async (length) => {
          if (length <= held) return
          const more = length - held
          await grow(more, signal)
          held += more
        })
        const replaced = await touch((batch) => onSpool(name, () => batch.put(name, path, size)))
        release(held - size + replaced)
      } catch (error) {
        release(held)
        await rm(path, { force: true })
        throw error
      }
      if (open.bytes() >= worthSendingBytes) sendNow()
      else sendSoon(lingerMs)
    },
    async remove(name) {
      release(await touch((batch) => batch.remove(name)))
      sendSoon(lingerMs)
    },
    find(name) {
      for (const batch of [open, ...sealed.toReversed()]) {
        const found = batch.find(name)
        if (found !== undefined) return found
      }
      return undefined
    },
    stop() {
      isStopped = true
      clearTimeout(timer)
    },
  }
}

/** Waits no longer than the signal lets it; the work goes on for those who wait for it as well. */
function unlessAborted(work: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      reject(signal.reason as Error)
    }
    if (signal.aborted) {
      stop()
      return
    }
    signal.addEventListener('abort', stop, { once: true })
    work.then(resolve, reject).finally(() => {
      signal.removeEventListener('abort', stop)
    })
  })
}
