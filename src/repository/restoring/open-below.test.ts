import { closeSync, fstatSync } from 'node:fs'
import { mkdir, readdir, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { temporaryFolder } from '../../../test/support/temporary-folder.ts'
import { openBelow } from './open-below.ts'

describe('a folder below another', () => {
  test('is made with what is missing on its way, for its owner alone', async () => {
    await using folder = await temporaryFolder()
    const path = join(folder.path, 'a/b')

    const fd = openBelow(folder.path, path, true) ?? -1

    expect([fstatSync(fd).ino, fstatSync(fd).mode & 0o777]).toEqual([(await stat(path)).ino, 0o700])
    closeSync(fd)
  })

  test('is not made where nothing is to be changed', async () => {
    await using folder = await temporaryFolder()

    expect(openBelow(folder.path, join(folder.path, 'a/b'), false)).toBeUndefined()
    expect(await readdir(folder.path)).toEqual([])
  })

  test.each([true, false])(
    'is reached by no link, and by nothing that is no folder (makes: %s)',
    async (makes) => {
      await using folder = await temporaryFolder()
      const [root, outside] = [join(folder.path, 'root'), join(folder.path, 'outside')]
      await mkdir(root)
      await mkdir(outside)
      await symlink(outside, join(root, 'link'))
      await writeFile(join(root, 'file'), '')
      const before = (await readdir('/proc/self/fd')).length

      for (const path of ['link', 'link/a', 'file', 'file/a', 'a/../../outside/x', '../outside', ''])
        expect(() => openBelow(root, `${root}/${path}`, makes), path).toThrow(
          expect.objectContaining({ code: 'PATH_UNSAFE' }),
        )

      expect(await readdir(outside)).toEqual([])
      expect((await readdir('/proc/self/fd')).length).toBe(before)
    },
  )
})
