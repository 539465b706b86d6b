import { userInfo } from 'node:os'
import { argv, exit } from 'node:process'
import { Secret } from '../src/core/secret.ts'
import { loadFileCalls, loadPrimitives } from '../src/crypto/native.ts'
import { localDestination } from '../src/destinations/local/local-destination.ts'
import { backUp } from '../src/repository/archiving/back-up.ts'
import { checkRepository } from '../src/repository/checking/check-repository.ts'
import { initRepository, openRepository } from '../src/repository/open.ts'
import type { RepositoryPlace } from '../src/repository/repository.ts'
import { restore } from '../src/repository/restoring/restore.ts'
import { listSnapshots } from '../src/repository/snapshots/list-snapshots.ts'

/*
 * The engine as a program of its own, so that it is measured and nothing else:
 *
 *     node bench/drive.ts init|backup|restore|check|check-data REPOSITORY [PATH]
 *
 * The password is `bench`, as the peer's.
 */
const [, , command, repository = '', path = ''] = argv
const clock = { now: () => new Date() }
const signal = new AbortController().signal
const place: RepositoryPlace = {
  destination: localDestination(repository, clock),
  prefix: '',
  password: new Secret('bench'),
  clock,
  primitives: loadPrimitives(),
  fileCalls: loadFileCalls(),
}

async function run(): Promise<unknown> {
  switch (command) {
    case 'init':
      return (await initRepository(place, signal)).config.id
    case 'backup':
      return backUp(
        await openRepository(place, signal),
        {
          paths: [path],
          exclude: [],
          excludeCaches: false,
          oneFileSystem: false,
          hostname: 'bench',
          username: userInfo().username,
          tags: [],
          time: clock.now(),
        },
        () => undefined,
        signal,
      )
    case 'restore': {
      const opened = await openRepository(place, signal)
      const id = (await listSnapshots(opened, signal)).at(-1)?.id ?? ''
      const request = {
        target: path,
        include: [],
        exclude: [],
        dryRun: false,
        verify: false,
      }
      return restore(opened, id, request, () => undefined, signal)
    }
    case 'check':
    case 'check-data': {
      const opened = await openRepository(place, signal)
      const checked = await checkRepository(
        opened,
        { readData: { kind: command === 'check-data' ? 'all' : 'none' } },
        () => undefined,
        signal,
      )
      if (checked.problems.length > 0) throw new Error('problems', { cause: checked })
      return checked
    }
    case undefined:
    default:
      console.error('init, backup, restore, check or check-data')
      return exit(2)
  }
}

console.log(await run())
