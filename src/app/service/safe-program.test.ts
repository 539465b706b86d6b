import { chmod, chown, mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { temporaryFolder } from '../../../test/support/temporary-folder.ts'
import { requireSafeProgram } from './safe-program.ts'

const someone = 4242

describe.runIf(process.getuid?.() === 0)('a program that is to run as root', () => {
  test('is taken where root alone can change it, also by a link', async () => {
    await using world = await aProgram()
    await symlink(world.program, join(world.path, 'link'))

    await requireSafeProgram(world.program, [0])
    await requireSafeProgram(join(world.path, 'link'), [0])
  })

  test.each<[string, (world: World) => Promise<void>]>([
    ['is somebody else’s', ({ program }) => chown(program, someone, 0)],
    ['lies in a folder of somebody else', ({ folder }) => chown(folder, someone, 0)],
    ['lies in a folder that a group writes to', ({ folder }) => chmod(folder, 0o775)],
    ['can be written by all', ({ program }) => chmod(program, 0o757)],
  ])('is refused when it %s', async (_, spoil) => {
    await using world = await aProgram()
    await spoil(world)

    await expect(requireSafeProgram(world.program, [0])).rejects.toMatchObject({ code: 'PATH_UNSAFE' })
  })

  test('may be of whom it runs as', async () => {
    await using world = await aProgram()
    await chown(world.folder, someone, 0)

    await requireSafeProgram(world.program, [0, someone])
  })
})

type World = Awaited<ReturnType<typeof aProgram>>

async function aProgram() {
  const { path, ...rest } = await temporaryFolder()
  const folder = join(path, 'bin')
  const program = join(folder, 'redoma')
  await mkdir(folder, { mode: 0o755 })
  await writeFile(program, '#!/bin/sh\n', { mode: 0o755 })
  return { ...rest, path, folder, program }
}
