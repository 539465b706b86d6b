import { execFile } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { parseObjectName } from '../../../src/ports/destination.ts'
import { listSnapshots } from '../../../src/repository/snapshots/list-snapshots.ts'
import { testPassword } from '../../support/repositories.ts'
import { writeOut } from '../../support/stock-restic.ts'
import { memoryFolder } from '../../support/temporary-folder.ts'
import type { Command } from './commands.ts'
import { contentOfFolder } from './content.ts'
import { picked, type Side, type World } from './world.ts'

const run = promisify(execFile)
const { signal } = new AbortController()

/** What stock restic does in between must be understood, and what it is given must content it. */
export async function letResticWork(
  world: World,
  here: Side,
  { act, pick }: Extract<Command, { kind: 'stock restic' }>,
): Promise<void> {
  await using folder = await memoryFolder()
  await writeOut(here.objects, folder.path)
  const id = picked(here, pick)
  if (act === 'backup') await restic(folder.path, ['backup', '--host', 'test', world.source])
  if (act === 'forget' && id !== undefined) await restic(folder.path, ['forget', id])
  if (act === 'prune') await restic(folder.path, ['prune', '--max-unused', '0'])
  await restic(folder.path, ['check', '--read-data'])
  takeBack(here.objects, folder.path)

  if (act === 'forget' && id !== undefined) here.model.delete(id)
  for (const made of (await listSnapshots(here.repository, signal)).snapshots)
    if (act === 'backup' && !here.model.has(made.id)) here.model.set(made.id, contentOfFolder(world.source))
}

/** With its locks: without them it would not forget. */
async function restic(at: string, words: readonly string[]): Promise<void> {
  const env = { PATH: process.env['PATH'], RESTIC_PASSWORD: testPassword, TZ: 'UTC' }
  await run('restic', ['--repo', at, '--no-cache', ...words], { env })
}

function takeBack(objects: Side['objects'], at: string): void {
  objects.clear()
  for (const entry of readdirSync(at, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name)
    if (entry.isFile())
      objects.set(parseObjectName(path.slice(at.length + 1)), new Uint8Array(readFileSync(path)))
  }
}
