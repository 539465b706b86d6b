import { basename } from 'node:path'
import { RedomaError } from '../../core/errors.ts'
import { type BundleRecord, wholeVault } from '../../ports/bundle-store.ts'
import type { Catalogue } from '../../ports/catalogue.ts'
import type { Notifier } from '../../ports/notifier.ts'
import type { Opening, SettledExposure } from '../../ports/opening.ts'
import { type AuditedDeps, audit, auditEntry } from '../audited.ts'

export interface OpeningRequest {
  /** Number of the bundle, or its file, wherever that lies. */
  readonly bundle: string
  readonly by: string
  readonly why: string
  /** When it was opened; now where that is not said. */
  readonly at?: Date | undefined
}

/**
 * Records that a bundle was opened for real: for ever in the catalogue, in the audit trail, and told to people.
 *
 * @throws RedomaError `NOT_FOUND` for a number that no bundle has, `USAGE`
 */
export type RecordOpening = (request: OpeningRequest) => Promise<Opening>

export function makeRecordOpening(deps: AuditedDeps & { readonly notifier: Notifier }): RecordOpening {
  const { catalogue, clock, actor } = deps
  return async ({ bundle, by, why, at }) => {
    const now = clock.now()
    if (by.trim() === '' || why.trim() === '') throw new RedomaError('USAGE', 'say by whom and why')
    if (at !== undefined && at > now) throw new RedomaError('USAGE', 'that is in the future')
    const known = await findBundle(catalogue, bundle)
    if (known === undefined && /^\d+$/.test(bundle)) throw noSuchBundle(bundle)
    const opening = await catalogue.openings.add({
      scope: known?.scope,
      sequence: known?.sequence,
      object: basename(known?.name ?? bundle),
      openedAt: at ?? now,
      openedBy: by,
      why,
      recordedAt: now,
      recordedBy: actor,
    })
    await audit(deps, 'glass.opened', opening.object, `by ${by}: ${why}`)
    await deps.notifier.tell({ kind: 'glass-opened', opening })
    return opening
  }
}

/** By its number, or by the name of its file; `undefined` for one that this instance does not remember to have made. */
export async function findBundle(
  { bundles }: Pick<Catalogue, 'bundles'>,
  text: string,
): Promise<BundleRecord | undefined> {
  const all = await bundles.list()
  if (/^\d+$/.test(text)) {
    return all.find(({ scope, sequence }) => scope === wholeVault && sequence === Number(text))
  }
  return all.find(({ name }) => basename(name) === basename(text))
}

export function noSuchBundle(text: string): RedomaError {
  return new RedomaError('NOT_FOUND', `this instance remembers no bundle ${JSON.stringify(text)}`)
}

/** Says of credentials of an opened bundle that they need no new value. */
export type SettleExposures = (
  openingId: number,
  credentials: readonly { readonly source: string; readonly id: string }[],
  why: string,
) => Promise<void>

export function makeSettleExposures(deps: AuditedDeps): SettleExposures {
  const { catalogue, clock, actor } = deps
  return async (openingId, credentials, why) => {
    const settledAt = clock.now()
    const settled = credentials.map(
      ({ source, id }): SettledExposure => ({ source, id, why, settledAt, settledBy: actor }),
    )
    const audited = credentials.map(({ source, id }) =>
      auditEntry({ clock, actor }, 'glass.settle', `${source}/${id}`, `opening ${openingId}: ${why}`),
    )
    await catalogue.openings.settle(openingId, settled, audited)
  }
}
