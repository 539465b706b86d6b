import { makeVerifyBackup, type VerifyBackup } from '../app/verify-backup.ts'
import { makeVerifyGlass } from '../app/verify-glass.ts'
import { loadFileCalls, loadPrimitives } from '../crypto/native.ts'
import type { Catalogue } from '../ports/catalogue.ts'
import type { Clock } from '../ports/clock.ts'

export function loadVerifyBackup(catalogue: Catalogue, clock: Clock, hostname: string): VerifyBackup {
  const { instance, ledgers } = catalogue
  const verifyGlass = makeVerifyGlass({ instance, ledgers, signingKey: () => catalogue.signingKey() })
  return makeVerifyBackup({
    catalogue,
    clock,
    locking: { hostname },
    primitives: loadPrimitives(),
    fileCalls: loadFileCalls(),
    async verifyGlass(target, progress, signal) {
      const { objects, bytes, problems, notes } = await verifyGlass(target, progress, signal)
      return { objects, bytes, findings: problems, notes }
    },
  })
}
