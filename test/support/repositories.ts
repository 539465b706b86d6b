import { Secret } from '../../src/core/secret.ts'
import { loadFileCalls, loadPrimitives } from '../../src/crypto/native.ts'
import { portableFileCalls, portablePrimitives } from '../../src/crypto/portable.ts'
import { localDestination } from '../../src/destinations/local/local-destination.ts'
import type { Clock } from '../../src/ports/clock.ts'
import type { Destination } from '../../src/ports/destination.ts'
import type { BackupRequest } from '../../src/repository/archiving/request.ts'
import type { RepositoryPlace } from '../../src/repository/repository.ts'
import type { RestoreRequest } from '../../src/repository/restoring/request.ts'

export const testPassword = 'not a secret'
const clock = { now: () => new Date() }

/** A place for a repository in a local folder, with the primitives asked for. */
export function placeAt(path: string, kind: 'native' | 'portable' = 'native'): RepositoryPlace {
  return placeOf(localDestination(path, clock), kind)
}

export function placeOf(
  destination: Destination,
  kind: 'native' | 'portable' = 'native',
  placeClock: Clock = clock,
): RepositoryPlace {
  const native = kind === 'native'
  return {
    destination,
    prefix: '',
    password: new Secret(testPassword),
    clock: placeClock,
    primitives: native ? loadPrimitives() : portablePrimitives(),
    fileCalls: native ? loadFileCalls() : portableFileCalls(),
  }
}

/** A backup of `paths`, all else as usual. */
export function aBackup(paths: readonly string[], but: Partial<BackupRequest> = {}): BackupRequest {
  return {
    paths,
    exclude: [],
    excludeCaches: false,
    oneFileSystem: false,
    hostname: 'test',
    username: 'tester',
    tags: [],
    time: new Date(),
    ...but,
  }
}

export function aRestore(target: string, but: Partial<RestoreRequest> = {}): RestoreRequest {
  return { target, include: [], exclude: [], dryRun: false, verify: true, ...but }
}
