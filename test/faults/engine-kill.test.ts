import { execFileSync, spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { backUp } from '../../src/repository/archiving/back-up.ts'
import { checkRepository } from '../../src/repository/checking/check-repository.ts'
import { initRepository } from '../../src/repository/open.ts'
import { restore } from '../../src/repository/restoring/restore.ts'
import { programMissing } from '../support/programs.ts'
import { aBackup, aRestore, placeAt, testPassword } from '../support/repositories.ts'
import { digestsOf } from '../support/same-files.ts'
import { seededBytes } from '../support/seeded-bytes.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const signal = new AbortController().signal
const quiet = (): void => undefined
const kills = process.env['SLOW'] === undefined ? 10 : 100
const writer = new URL('./engine-writer.ts', import.meta.url).pathname

/** Starts a backup, and kills it some time after it began. False when it was done before. */
async function killMidway(at: string, source: string): Promise<boolean> {
  const child = spawn(process.execPath, [writer, at, source], { stdio: ['ignore', 'pipe', 'inherit'] })
  const exit = once(child, 'exit')
  await once(child.stdout, 'data')
  await wait(randomInt(600))
  child.kill('SIGKILL')
  const [code] = (await exit) as [number | null]
  return code === null
}

test.skipIf(programMissing('restic'))(
  `a backup that is killed, ${kills} times, costs nothing that was there, and the next one is whole`,
  async () => {
    await using folder = await temporaryFolder()
    const source = join(folder.path, 'source')
    const at = join(folder.path, 'repository')
    for (const path of [source, at]) mkdirSync(path)
    for (let n = 0; n < 50; n++) writeFileSync(join(source, `small-${n}`), seededBytes(n, 1000 + n))
    const repository = await initRepository(placeAt(at), signal)
    const first = await backUp(repository, aBackup([source]), quiet, signal)
    const before = await digestsOf(source)
    const env = { ...process.env, RESTIC_PASSWORD: testPassword }
    let killed = 0

    for (let round = 0; round < kills; round++) {
      writeFileSync(join(source, `large-${round}`), seededBytes(1000 + round, 24 * 1024 * 1024))
      if (await killMidway(at, source)) killed++

      // The lock of the dead is still there: restic would wait for it.
      const words = ['-r', at, '--no-cache', '--no-lock', 'check', '--read-data']
      expect(execFileSync('restic', words, { env, encoding: 'utf8' })).toContain('no errors were found')
      expect(
        (await checkRepository(repository, { readData: { kind: 'all' } }, quiet, signal)).problems,
      ).toEqual([])
    }

    const target = join(folder.path, 'first')
    await restore(repository, first.snapshotId, aRestore(target, { path: source }), quiet, signal)
    expect(await digestsOf(target)).toEqual(before)
    const last = await backUp(repository, aBackup([source]), quiet, signal)
    const whole = join(folder.path, 'last')
    await restore(repository, last.snapshotId, aRestore(whole, { path: source }), quiet, signal)
    expect(await digestsOf(whole)).toEqual(await digestsOf(source))
    expect(killed).toBeGreaterThan(0)
  },
)
