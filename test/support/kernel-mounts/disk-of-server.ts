import { mkdir, open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { systemCode } from '../../../src/core/errors.ts'
import { call } from './commands.ts'

/** The file system that a server of the tests gives to its clients. */
export interface DiskOfServer extends AsyncDisposable {
  readonly path: string
  /** Leaves no room. */
  fill(): Promise<void>
  /** Frees what `fill` took. */
  drain(): Promise<void>
  makeReadOnly(): Promise<void>
  makeWritable(): Promise<void>
}

export async function diskOfServer(path: string, mebibytes: number): Promise<DiskOfServer> {
  await mkdir(path, { recursive: true })
  await call('mount', '-t', 'tmpfs', '-o', `size=${mebibytes}m,mode=0777`, 'tmpfs', path)
  const filler = join(path, '.filler')
  const remount = async (option: string): Promise<void> => {
    await call('mount', '-o', `remount,${option}`, path)
  }
  return {
    path,
    async fill() {
      await using file = await open(filler, 'a')
      for (const size of [1024 * 1024, 4096]) await writeUntilFull(file, new Uint8Array(size))
    },
    drain: () => rm(filler),
    makeReadOnly: () => remount('ro'),
    makeWritable: () => remount('rw'),
    async [Symbol.asyncDispose]() {
      await call('umount', '--lazy', path)
    },
  }
}

async function writeUntilFull(file: Awaited<ReturnType<typeof open>>, zeroes: Uint8Array): Promise<void> {
  try {
    for (;;) await file.write(zeroes)
  } catch (error) {
    if (systemCode(error) !== 'ENOSPC') throw error
  }
}
