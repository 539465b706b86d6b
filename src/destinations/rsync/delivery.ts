import { unlessAborted } from '../../core/unless-aborted.ts'
import type { ObjectName } from '../../ports/destination.ts'
import { type Batch, makeBatch } from './batch.ts'
import type { Transfers } from './transfers.ts'

/** Batches on their way: one is open, to which is added; those before it are sent, one after the other, in their order. */
export interface Delivery {
  /** Adds to the open batch, when whoever came before is done: a batch that is sealed stays as it is. */
  change<T>(work: (open: Batch) => Promise<T>): Promise<T>
  /** The last word on an object. */
  readonly find: (name: ObjectName) => ReturnType<Batch['find']>
  /** Whether there is anything to send, or under way. */
  isPending(): boolean
  /** Sends the oldest batch, or waits for it where it is under way; the open one where there is no other. */
  sendSome(signal: AbortSignal): Promise<void>
  /** Sends all that is there by now. */
  flush: (signal: AbortSignal) => Promise<void>
  /** In the background: who needs it done hears of a failure when they try themselves. */
  sendInTime(): void
  /** Nothing is sent any more unless it is asked for. */
  readonly stop: () => void
}

export interface DeliveryDeps {
  readonly transfers: Transfers
  readonly spool: string
  /** At the destination. */
  readonly folder: string
  /** An open batch of so many bytes is sealed. */
  readonly batchBytes: number
  /** What is not worth it by itself goes after so long: locks that others look for must not stay here. */
  readonly lingerMs: number
  /** Runs one transfer at a time, until the destination is disposed of. */
  readonly inTurn: (work: (signal: AbortSignal) => Promise<void>) => Promise<void>
  /** When objects are there, or gone; until it is kept, they are found here. */
  readonly onDelivered: (names: Iterable<ObjectName>) => Promise<void>
  /** When the spool is rid of so many bytes. */
  readonly onRoom: (bytes: number) => void
}

/** So much is sent at once, or more: below it, beginning takes longer than sending. */
const worthSendingBytes = 32 * 1024 * 1024
/** When it could not be sent, and nobody waits for it. */
const againMs = 10_000

export function makeDelivery(deps: DeliveryDeps): Delivery {
  const { transfers, spool, folder } = deps
  let number = 0
  let open = makeBatch(number, spool, folder)
  /** Oldest first. */
  const sealed: Batch[] = []
  let underWay: Promise<void> | undefined
  let timer: NodeJS.Timeout | undefined
  let isStopped = false
  let changing: Promise<unknown> = expectOpen()

  /** One after the other. */
  function next<T>(work: () => Promise<T>): Promise<T> {
    const done = changing.then(work)
    changing = done.catch(() => undefined)
    return done
  }

  function change<T>(work: (batch: Batch) => Promise<T>): Promise<T> {
    return next(async () => {
      if (open.isEmpty()) await expectOpen()
      const result = await work(open)
      if (open.bytes() >= deps.batchBytes) await sealOpen()
      return result
    })
  }

  async function sealOpen(): Promise<void> {
    if (open.isEmpty()) return
    sealed.push(open)
    open = makeBatch(++number, spool, folder)
    await expectOpen()
  }

  /** Without it, what sends the batch begins when it is sent. */
  function expectOpen(): Promise<void> {
    return open.expect(transfers).catch(() => undefined)
  }

  /** All who want the oldest sent wait for one and the same. When it is there, the next goes without being asked for. */
  function sendOldest(): Promise<void> {
    underWay ??= send()
      .finally(() => {
        underWay = undefined
      })
      .then(sendInTime)
    return underWay
  }

  async function send(): Promise<void> {
    const [batch] = sealed
    if (batch === undefined) return
    await deps.inTurn((signal) => batch.deliver(transfers, signal))
    await deps.onDelivered(batch.names())
    sealed.shift()
    await batch.dispose()
    deps.onRoom(batch.bytes())
  }

  /** @returns the number of the last batch that holds anything by now */
  function seal(): Promise<number> {
    return next(async () => {
      await sealOpen()
      return number - 1
    })
  }

  function sendInTime(): void {
    if (isStopped) return
    const isWorthIt = sealed.length > 0 || open.bytes() >= worthSendingBytes
    if (isWorthIt && underWay === undefined) sendInBackground()
    else if (!open.isEmpty()) sendAfter(deps.lingerMs)
  }

  function sendAfter(milliseconds: number): void {
    if (isStopped || timer !== undefined) return
    timer = setTimeout(() => {
      timer = undefined
      sendInBackground()
    }, milliseconds).unref()
  }

  function sendInBackground(): void {
    // What is under way goes on with the rest by itself.
    if (underWay !== undefined) return
    const ready = sealed.length > 0 ? Promise.resolve(0) : seal()
    ready.then(sendOldest).catch(() => {
      sendAfter(againMs)
    })
  }

  return {
    change,
    sendInTime,
    find(name) {
      for (const batch of [open, ...sealed.toReversed()]) {
        const found = batch.find(name)
        if (found !== undefined) return found
      }
      return undefined
    },
    isPending: () => sealed.length > 0 || !open.isEmpty(),
    async sendSome(signal) {
      if (sealed.length === 0) await seal()
      await unlessAborted(sendOldest(), signal)
    },
    async flush(signal) {
      const last = await seal()
      for (let [oldest] = sealed; oldest !== undefined && oldest.number <= last; [oldest] = sealed) {
        await unlessAborted(sendOldest(), signal)
      }
    },
    stop() {
      isStopped = true
      clearTimeout(timer)
    },
  }
}
