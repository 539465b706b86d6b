import { type AuditedDeps, audit } from '../audited.ts'
import { type OwnPlaces, requireFitRoot } from './fit-root.ts'
import type { KeptRestoreRoot } from './restore-root.ts'

export interface SetRestoreRootDeps extends AuditedDeps {
  readonly kept: KeptRestoreRoot
  readonly ownPlaces: () => Promise<OwnPlaces>
}

/** The folder of this machine that is restored to over the network. */
export interface RestoreRoot {
  read(): Promise<string | undefined>
  /** It is kept by its real path. @throws RedomaError `PATH_UNSAFE` for one that does not fit, `FILE_FAILED` */
  set(root: string | undefined): Promise<void>
}

export function makeRestoreRoot(deps: SetRestoreRootDeps): RestoreRoot {
  return {
    read: () => deps.kept.read(),
    async set(root) {
      const real = root === undefined ? undefined : await requireFitRoot(await deps.ownPlaces(), root)
      await audit(deps, 'restore-root.set', real ?? 'none')
      await deps.kept.write(real)
    },
  }
}
