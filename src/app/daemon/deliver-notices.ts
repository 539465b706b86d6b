import { isRedomaError, messageOf } from '../../core/errors.ts'
import type { Catalogue } from '../../ports/catalogue.ts'
import type { ChannelRecord } from '../../ports/channel.ts'
import type { Clock } from '../../ports/clock.ts'
import type { NoticeOutcome, QueuedNotice } from '../../ports/incident.ts'
import type { Log } from '../../ports/log.ts'
import type { Channel, Notice } from '../../ports/notice.ts'
import { noProgress } from '../../ports/progress.ts'
import { planTelling } from '../alerts/plan-telling.ts'
import { tell } from '../alerts/tell.ts'
import type { WhileLeased } from '../while-leased.ts'

export interface DeliverNoticesDeps {
  readonly catalogue: Pick<Catalogue, 'channels' | 'notices'>
  readonly clock: Clock
  readonly log: Log
  readonly instance: Notice['instance']
  makeChannel(record: ChannelRecord): Promise<Channel>
  /** Waits for nobody: what another node is telling, this one does not. */
  readonly whileLeased: WhileLeased
  /** From 0 to 1. */
  readonly random: () => number
}

/**
 * Tells each channel what waits for it, as its rules say, until it has all or does not take more; one that cannot be reached is tried again later, ever
 * more seldom, and holds up no other. A notice is settled when the other side has it, and told again when the process dies in between.
 *
 * @throws RedomaError `FILE_FAILED` when the catalogue is busy, `CATALOGUE_DAMAGED`
 */
export type DeliverNotices = (signal: AbortSignal) => Promise<void>

/** Those that are held until morning must not hide one that is urgent. */
const mostAtOnce = 5000
const longestTurnMs = 30_000
const firstPauseMs = 10_000
const longestPauseMs = 10 * 60_000

/** Of a channel that did not take a notice. */
interface Pause {
  readonly until: number
  readonly ms: number
}

export function makeDeliverNotices(deps: DeliverNoticesDeps): DeliverNotices {
  const { catalogue, clock, log } = deps
  const pauses = new Map<string, Pause>()

  async function deliverTo(record: ChannelRecord, signal: AbortSignal): Promise<void> {
    const pause = pauses.get(record.id)
    const now = clock.now().getTime()
    // A clock that was set back must not make it long.
    if (pause !== undefined && now < pause.until && pause.until - now <= pause.ms) return
    // Of one that came by another way than `alert add`.
    await catalogue.notices.begin(record.id)
    const { count } = await catalogue.notices.waiting(record.id)
    if (count === 0) return
    const until = now + longestTurnMs
    const telling = (): Promise<void> => tellAll(record, until, signal)
    const lease = { id: `channel ${record.id}`, name: record.name }
    await deps.whileLeased(lease, 'notices', telling, noProgress, signal).catch((error: unknown) => {
      // Another node tells them.
      if (!isRedomaError(error, 'RUN_UNDER_WAY')) throw error
    })
  }

  async function tellAll(record: ChannelRecord, until: number, signal: AbortSignal): Promise<void> {
    const waiting = await catalogue.notices.pending(record.id, mostAtOnce)
    const { messages, passedOver } = planTelling(record, waiting, clock.now())
    await settle(record, passedOver, { kind: 'passed-over' })
    if (messages.length === 0) return
    const everyone = await deps.makeChannel(record)
    for (const message of messages) {
      const channel = (await channelFor(record, message[0])) ?? everyone
      // A server that takes its time for each must not keep the others, nor what is urgent by then, waiting for hours.
      if (clock.now().getTime() > until) return
      const outcome = await tellOne(record, channel, message, signal)
      if (outcome === undefined) return
      await settle(record, message, outcome)
    }
  }

  /** Of a notice that is for one person alone. */
  async function channelFor(record: ChannelRecord, { person }: QueuedNotice): Promise<Channel | undefined> {
    const { spec } = record
    if (person === undefined || spec.kind !== 'smtp') return undefined
    return deps.makeChannel({ ...record, spec: { ...spec, to: [person.mail] } })
  }

  function settle(
    { id }: ChannelRecord,
    notices: readonly QueuedNotice[],
    outcome: NoticeOutcome,
  ): Promise<void> {
    const ids = notices.map((notice) => notice.id)
    return catalogue.notices.settle(id, ids, outcome, clock.now())
  }

  /** @returns nothing where it did not take it, and is asked again later */
  async function tellOne(
    record: ChannelRecord,
    channel: Channel,
    [first, ...others]: readonly [QueuedNotice, ...QueuedNotice[]],
    signal: AbortSignal,
  ): Promise<NoticeOutcome | undefined> {
    const { instance } = deps
    try {
      await tell(
        channel,
        [{ ...first, instance }, ...others.map((other) => ({ ...other, instance }))],
        signal,
      )
      if (pauses.delete(record.id)) log.info('channel is back', { channel: record.name })
      return { kind: 'told' }
    } catch (error) {
      signal.throwIfAborted()
      if (isRedomaError(error, 'NOTICE_REFUSED')) {
        log.error('notice refused', { channel: record.name, notice: first.id, why: error.message })
        return { kind: 'refused', why: error.message }
      }
      await rest(record, error)
      return undefined
    }
  }

  async function rest(record: ChannelRecord, error: unknown): Promise<void> {
    const before = pauses.get(record.id)
    const ms = Math.min(before === undefined ? firstPauseMs : before.ms * 2, longestPauseMs)
    // Several that were down together must not come back together.
    pauses.set(record.id, { until: clock.now().getTime() + ms * (0.8 + 0.2 * deps.random()), ms })
    if (before === undefined)
      log.warn('channel does not take notices', { channel: record.name, why: messageOf(error) })
    await catalogue.notices.failed(record.id, messageOf(error), clock.now())
  }

  return async (signal) => {
    const ended = await Promise.allSettled(
      (await catalogue.channels.list()).map((record) => deliverTo(record, signal)),
    )
    const failed = ended.find((end) => end.status === 'rejected')
    if (failed !== undefined) throw failed.reason
  }
}
