import { randomUUID } from 'node:crypto'
import { basename, dirname } from 'node:path'
import { type DrillFile, encodeDrill } from '../bundle/drill/drill-file.ts'
import { makeDrill } from '../bundle/drill/make-drill.ts'
import { parseShareList } from '../bundle/shares/share-list.ts'
import type { Primitives } from '../crypto/primitives.ts'
import { type AuditedDeps, audit } from './audited.ts'
import { writePrivateFiles } from './private-files.ts'
import { nameOnPaper, noCeremony } from './scopes/scope-key.ts'

export interface StartDrillDeps extends AuditedDeps {
  readonly primitives: Primitives
}

/**
 * Asks the guardians of the newest generation for a sign of life, in a new file that is for all of them.
 *
 * @param path absolute, of the file
 * @param scope a part of the vault that has a key of its own; absent: the others
 * @throws RedomaError `CEREMONY_MISSING`, `ALREADY_EXISTS`, `FILE_FAILED`
 */
export type StartDrill = (path: string, lifeMs: number, scope?: string) => Promise<DrillFile>

export function makeStartDrill(deps: StartDrillDeps): StartDrill {
  return async (path, lifeMs, scope) => {
    const { catalogue, clock, primitives } = deps
    const generation = await catalogue.generations.current(scope)
    if (generation === undefined) throw noCeremony(scope)
    const startedAt = clock.now()
    const wish = {
      id: randomUUID(),
      instanceName: nameOnPaper(catalogue.instance.name, scope),
      startedAt,
      expiresAt: new Date(startedAt.getTime() + lifeMs),
      generation,
      shares: generation.quorum && parseShareList(generation.quorum.shareList),
    }
    const { file, record } = await makeDrill(wish, primitives)
    await using written = await writePrivateFiles(
      dirname(path),
      new Map([[basename(path), encodeDrill(file)]]),
    )
    await catalogue.drills.add(record)
    written.keep()
    await audit(deps, 'glass.drill.start', record.id, `generation ${generation.number}`)
    return file
  }
}
