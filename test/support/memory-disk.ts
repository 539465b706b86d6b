import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { callMount, type MountedDisk } from './mounting.ts'
import { temporaryFolder } from './temporary-folder.ts'

export interface MemoryDisk extends MountedDisk {
  resize(mebibytes: number): void
  /** @throws while a file is open for writing */
  makeReadOnly(): void
  makeWritable(): void
}

/** A tmpfs of so many mebibytes. */
export async function memoryDisk(mebibytes: number, at?: string): Promise<MemoryDisk> {
  const folder = await temporaryFolder()
  const path = at ?? join(folder.path, 'disk')
  await mkdir(path, { recursive: true })
  callMount('mount', '-t', 'tmpfs', '-o', `size=${mebibytes}m`, 'tmpfs', path)
  const remount = (option: string): void => {
    callMount('mount', '-o', `remount,${option}`, path)
  }
  return {
    path,
    resize: (to) => {
      remount(`size=${to}m`)
    },
    makeReadOnly: () => {
      remount('ro')
    },
    makeWritable: () => {
      remount('rw')
    },
    async [Symbol.asyncDispose]() {
      // A database that was not closed yet must not keep it.
      callMount('umount', '--lazy', path)
      await folder[Symbol.asyncDispose]()
    },
  }
}
