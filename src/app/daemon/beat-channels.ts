import { messageOf } from '../../core/errors.ts'
import type { Catalogue } from '../../ports/catalogue.ts'
import type { ChannelRecord } from '../../ports/channel.ts'
import type { Log } from '../../ports/log.ts'
import type { Channel } from '../../ports/notice.ts'

export interface BeatChannelsDeps {
  readonly catalogue: Pick<Catalogue, 'channels' | 'incidents'>
  readonly log: Log
  makeChannel(record: ChannelRecord): Promise<Channel>
}

/** Gives a sign of life to whoever waits for one: that all is well, or is not. One that does not arrive is told by who missed it. */
export type BeatChannels = (signal: AbortSignal) => Promise<void>

export function makeBeatChannels(deps: BeatChannelsDeps): BeatChannels {
  const { catalogue, log } = deps
  return async (signal) => {
    const records = (await catalogue.channels.list()).filter(
      ({ spec }) => spec.kind === 'webhook' && spec.preset === 'heartbeat',
    )
    if (records.length === 0) return
    const open = await catalogue.incidents.open()
    const isWell = !open.some(({ severity }) => severity === 'error' || severity === 'critical')
    await Promise.all(
      records.map(async (record) => {
        try {
          await (await deps.makeChannel(record)).beat?.(isWell, signal)
        } catch (error) {
          signal.throwIfAborted()
          log.warn('no sign of life given', { channel: record.name, why: messageOf(error) })
        }
      }),
    )
  }
}
