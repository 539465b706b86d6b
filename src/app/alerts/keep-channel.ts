import { randomUUID } from 'node:crypto'
import { RedomaError } from '../../core/errors.ts'
import { type ChannelRecord, type ChannelSettings, whereTo } from '../../ports/channel.ts'
import { channelSpec, misfitOf } from '../../ports/channel-settings.ts'
import { type AuditedDeps, audit } from '../audited.ts'
import { requireEntryName, usage } from '../entry-name.ts'

/**
 * Registers a way by which people or machines are told from now on.
 *
 * @throws RedomaError `USAGE`, `ALREADY_EXISTS`, `NOT_FOUND` (of its credential)
 */
export type AddChannel = (name: string, settings: ChannelSettings) => Promise<ChannelRecord>

export function makeAddChannel(deps: AuditedDeps): AddChannel {
  const { channels, notices } = deps.catalogue
  return async (name, settings) => {
    requireEntryName('channel', name)
    await requireUsable(deps, settings)
    if ((await channels.list()).some((other) => other.name === name))
      throw new RedomaError('ALREADY_EXISTS', `there is a channel ${name} already`, {
        hint: `Take another name, or look at it: redoma alert show ${name}`,
      })
    const record = { ...settings, id: randomUUID(), name, createdAt: deps.clock.now() }
    await channels.add(record)
    await notices.begin(record.id)
    await audit(deps, 'channel.add', name, whereTo(settings.spec))
    return record
  }
}

/**
 * Changes all of it but its name: what waits for it, is told by its new rules.
 *
 * @param read what it was when that was decided on
 * @throws RedomaError as `AddChannel`, `CHANGED_MEANWHILE`
 */
export type ChangeChannel = (
  name: string,
  settings: ChannelSettings,
  read?: ChannelRecord,
) => Promise<ChannelRecord>

export function makeChangeChannel(deps: AuditedDeps): ChangeChannel {
  return async (name, settings, read) => {
    await requireUsable(deps, settings)
    const before = read ?? (await deps.catalogue.channels.get(name))
    const { id, createdAt } = before
    const record = { ...settings, id, name, createdAt }
    await deps.catalogue.channels.exchange(before, record)
    await audit(deps, 'channel.change', name, whereTo(settings.spec))
    return record
  }
}

/** From now on nobody is told by it, and what waited for it is dropped. @throws RedomaError `NOT_FOUND` */
export type RemoveChannel = (name: string) => Promise<void>

export function makeRemoveChannel(deps: AuditedDeps): RemoveChannel {
  const { channels, notices } = deps.catalogue
  return async (name) => {
    const { id } = await channels.get(name)
    await channels.remove(name)
    await notices.end(id)
    await audit(deps, 'channel.remove', name)
  }
}

async function requireUsable({ catalogue }: AuditedDeps, settings: ChannelSettings): Promise<void> {
  const parsed = channelSpec.safeParse(settings.spec)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    throw usage(`the channel: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`)
  }
  const misfit = misfitOf(settings)
  if (misfit !== undefined) throw usage(misfit)
  if (settings.credential !== undefined) await catalogue.credentials.get(settings.credential)
}
