import { stat } from 'node:fs/promises'
import type { Catalogue } from '../ports/catalogue.ts'
import { localFolders } from './system-repository.ts'

export interface RemarksOnCopiesDeps {
  readonly catalogue: Pick<Catalogue, 'destinations'>
  /** The instance's folder. */
  readonly home: string
}

/** What the operator should know about where his copies are: one sentence each, none when all is well. */
export type RemarksOnCopies = () => Promise<readonly string[]>

export function makeRemarksOnCopies({ catalogue, home }: RemarksOnCopiesDeps): RemarksOnCopies {
  return async () => {
    const destinations = await catalogue.destinations.list()
    const here = await deviceOf(home)
    if (destinations.some(({ spec }) => spec.kind !== 'local' || spec.mountPoint !== undefined)) return []
    const devices = await Promise.all(
      destinations.flatMap(({ spec }) => localFolders(spec).map((folder) => deviceOf(folder))),
    )
    if (devices.length === 0 || devices.some((device) => device !== here)) return []
    return ['Every copy is on the same disk as the instance. A copy on the same machine is not a backup yet.']
  }
}

async function deviceOf(path: string): Promise<number | undefined> {
  return stat(path).then(
    ({ dev }) => dev,
    () => undefined,
  )
}
