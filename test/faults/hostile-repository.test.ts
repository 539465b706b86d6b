import { join } from 'node:path'
import { expect, test } from 'vitest'
import { restore } from '../../src/repository/restoring/restore.ts'
import { goModeOf } from '../../src/repository/trees/file-mode.ts'
import { aFile, makeHandmadeRepository } from '../support/handmade-repository.ts'
import { aRestore } from '../support/repositories.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const signal = new AbortController().signal
/** Of `/dev/full`, which refuses what is written to it, so that a write shows. */
const deviceNumber = 0x107n

/** Only root makes devices. */
test.skipIf(process.geteuid?.() !== 0)(
  'a file is not written into the device that the same tree has under its name',
  async () => {
    await using folder = await temporaryFolder()
    const handmade = await makeHandmadeRepository()
    const file = aFile('x', [handmade.data('abc')], 3)
    const mode = goModeOf(0o020644)
    const device = { ...file, type: 'chardev' as const, mode, device: deviceNumber, content: undefined }
    const { id } = await handmade.snapshot(handmade.tree([file, device]))
    await handmade.publish()

    const target = join(folder.path, 'target')
    const request = aRestore(target, { verify: false })
    const { problems } = await restore(handmade.repository, id, request, () => undefined, signal)

    expect(problems).toEqual([
      { path: join(target, 'x'), message: 'is in its folder twice; the second is left out' },
    ])
  },
)
