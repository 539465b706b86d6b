import { execFile } from 'node:child_process'
import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { localDestination } from '../../src/destinations/local/local-destination.ts'
import { programMissing } from '../support/programs.ts'
import { copySamples, type RecordingsSetUp, recordingsSetUp, settle } from '../support/recordings-set-up.ts'
import { digestsOf } from '../support/same-files.ts'

const run = promisify(execFile)

/** Decrypts with the stock program, as the page of the format says. */
async function ageDecrypt(setUp: RecordingsSetUp, file: string, to: string): Promise<void> {
  const key = join(setUp.scratch, 'key.txt')
  await writeFile(key, `${setUp.identity.reveal()}\n`)
  await run('age', ['-d', '-i', key, '-o', to, file])
}

describe.skipIf(programMissing('age'))('stock age', () => {
  test('opens every sealed sample, byte for byte, and its metadata', async () => {
    await using setUp = await recordingsSetUp()
    await copySamples(setUp)
    const [shelf, out] = [join(setUp.scratch, 'shelf'), join(setUp.scratch, 'out')]
    await Promise.all([mkdir(shelf), mkdir(out)])
    await setUp.backUp(localDestination(shelf, setUp.instance.clock))

    for (const { folder, recordingId, summary } of await setUp.copies()) {
      const plain = join(out, recordingId)
      await ageDecrypt(setUp, join(shelf, folder, 'meta.age'), `${plain}.json`)
      const meta = JSON.parse(await readFile(`${plain}.json`, 'utf8')) as { recordingFormat: string }
      expect(meta.recordingFormat).toBe(summary['format'])
      await rm(`${plain}.json`)
      await ageDecrypt(setUp, join(shelf, folder, 'original.age'), plain)
      if (Number(summary['files']) > 1) await unpack(plain)
    }

    await rm(join(setUp.sessions, 'sudo-io/seq'))
    const opened = Object.values(await digestsOf(out))
    expect(opened.toSorted()).toEqual(Object.values(await digestsOf(setUp.sessions)).toSorted())
  })

  test('and stock tar agree with us on long names, and on names that are not ASCII', async () => {
    await using setUp = await recordingsSetUp()
    const session = join(setUp.sessions, '11111111-2222-4333-8444-555555555555')
    await mkdir(session)
    const names = [
      'recording',
      'ä€😀',
      'n'.repeat(100),
      'm'.repeat(101),
      `é${'x'.repeat(200)}`,
      ' space ',
      '-dash',
    ]
    for (const name of names) await writeFile(join(session, name), `content of ${name}`)
    await writeFile(join(session, 'block'), Buffer.alloc(1024, 1))
    await writeFile(join(session, 'empty'), '')
    settle(setUp.instance)
    const shelf = join(setUp.scratch, 'shelf')
    await mkdir(shelf)
    await setUp.backUp(localDestination(shelf, setUp.instance.clock))

    const [copy] = await setUp.copies()
    const plain = join(setUp.scratch, 'plain')
    await ageDecrypt(setUp, join(shelf, copy?.folder ?? '', 'original.age'), plain)
    await unpack(plain)
    expect(await digestsOf(plain)).toEqual(await digestsOf(session))
  })
})

/** Puts a folder in the place of a tar. */
async function unpack(path: string): Promise<void> {
  await copyFile(path, `${path}.tar`)
  await rm(path)
  await mkdir(path)
  await run('tar', ['-xf', `${path}.tar`, '-C', path])
  await rm(`${path}.tar`)
}
