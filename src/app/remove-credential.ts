import { RedomaError } from '../core/errors.ts'
import type { Catalogue } from '../ports/catalogue.ts'
import { type AuditedDeps, audit } from './audited.ts'
import { findCredential } from './find-credential.ts'
import { requireRevision } from './require-revision.ts'

/**
 * Removes the credential of an id or title, with its history; bundles made before keep it. One that a destination or a channel uses stays.
 *
 * @param revision that this was decided on; absent: whichever it has by now
 * @throws RedomaError `NOT_FOUND`, `AMBIGUOUS`, `USAGE`, `CHANGED_MEANWHILE`
 */
export type RemoveCredential = (text: string, revision?: number) => Promise<string>

export function makeRemoveCredential(deps: AuditedDeps): RemoveCredential {
  const { credentials } = deps.catalogue
  return async (text, revision) => {
    const id = await findCredential(credentials, text)
    await refuseUsed(deps, id)
    await credentials.atomically(async (inside) => {
      await requireRevision(inside, id, revision)
      await inside.remove(id)
    })
    await audit(deps, 'credential.remove', id)
    return id
  }
}

async function refuseUsed({ catalogue }: AuditedDeps, id: string): Promise<void> {
  const user = (await catalogue.destinations.list()).find(
    ({ spec }) => 'credential' in spec && spec.credential === id,
  )
  if (user === undefined) {
    await refuseUsedByChannel(catalogue, id)
    return
  }
  throw new RedomaError('USAGE', `the destination ${user.name} logs in with this credential`, {
    hint: `Give it another password with redoma credential edit, or remove the destination first: redoma destination remove ${user.name}`,
  })
}

async function refuseUsedByChannel({ channels }: Catalogue, id: string): Promise<void> {
  const user = (await channels.list()).find(({ credential }) => credential === id)
  if (user === undefined) return
  throw new RedomaError('USAGE', `the channel ${user.name} uses this credential`, {
    hint: `Give it another secret with redoma credential edit, or remove the channel first: redoma alert remove ${user.name}`,
  })
}
