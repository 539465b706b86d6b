import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { Secret } from '../../src/core/secret.ts'
import { backUp } from '../../src/repository/archiving/back-up.ts'
import { openRepository } from '../../src/repository/open.ts'
import { listSnapshots } from '../../src/repository/snapshots/list-snapshots.ts'
import type { StoredSnapshot } from '../../src/repository/snapshots/snapshot.ts'
import { compareTrees } from '../support/compare-trees.ts'
import { forgeSnapshot } from '../support/forge-snapshot.ts'
import { passwordOf } from '../support/protected-tree.ts'
import { aBackup, placeAt } from '../support/repositories.ts'
import { must, type TestHost, twoHosts } from '../support/two-hosts.ts'

const signal = new AbortController().signal
const timeout = 120_000

test('what another host wrote under the name of this one is no parent of its next backup; its own snapshots are', {
  timeout,
}, async () => {
  await using hosts = await twoHosts()
  const { first, second, path } = hosts
  await writeFile(join(first.tree, 'whose'), 'mine')
  await writeFile(join(first.tree, 'forged'), 'his!')
  await backedUp(first)
  using repository = await openRepository(
    { ...placeAt(hosts.repository), password: new Secret(await passwordOf(second.home)) },
    signal,
  )
  const ofTree = async (): Promise<StoredSnapshot[]> =>
    (await listSnapshots(repository, signal)).snapshots.filter(({ paths }) => paths.includes(first.tree))
  const genuine = (await ofTree()).at(-1)
  if (genuine === undefined) throw new Error('there is no snapshot')
  const forged = await forgeSnapshot(repository, genuine, join(first.tree, 'whose'), 'forged')
  expect((await ofTree()).at(-1)?.id).toBe(forged)

  expect(await backedUp(first)).toMatchObject({ items: 2, itemsNew: 0 })

  expect((await ofTree()).at(-1)?.parent).toBe(genuine.id)
  expect(await differences(first, join(path, 'back'))).toEqual([])
  // Without a memory of what is its own, it reads all once.
  forgetRuns(first.home)
  expect(await backedUp(first)).toMatchObject({ items: 2, itemsNew: 2 })
  expect(await backedUp(first)).toMatchObject({ items: 2, itemsNew: 0 })
  // Who believes it reads nothing, and has its word for it.
  const believing = aBackup([first.tree], { hostname: first.name, trusted: new Set([forged]) })
  const { snapshotId, filesUnmodified } = await backUp(repository, believing, () => undefined, signal)
  expect(filesUnmodified).toBe(2)
  const back = join(path, 'believed')
  await must(first, ['restore', snapshotId, '--to', back])
  expect(await readFile(join(back, first.tree, 'whose'), 'utf8')).toBe('his!')
})

/** Figures of its tree. */
async function backedUp(host: TestHost): Promise<unknown> {
  const { stdout } = await must(host, ['backup', 'create', '--only', 'system', '--json'])
  const { parts } = JSON.parse(stdout) as { parts: { source: string; figures: unknown }[] }
  return parts.find(({ source }) => source === 'tree')?.figures
}

async function differences(host: TestHost, into: string): Promise<unknown[]> {
  await must(host, ['restore', 'latest', '--source', 'tree', '--to', into])
  return compareTrees(host.tree, join(into, host.tree))
}

/** As after a catalogue was restored that is older than all of them. */
function forgetRuns(home: string): void {
  const database = new DatabaseSync(join(home, 'catalogue.sqlite'))
  database.exec('DELETE FROM run_part')
  database.close()
}
