import { chmod, mkdir, open, rm } from 'node:fs/promises'
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

/** Whom a server with a quota takes everybody for: root has none, and to Samba `nobody` is somebody else than who owns what he wrote. */
export const quotaUser = { name: 'daemon', id: 1 }

/** @param quotaMebibytes of which `quotaUser` may have so much; there can be one such disk at a time */
export async function diskOfServer(
  path: string,
  mebibytes: number,
  quotaMebibytes?: number,
): Promise<DiskOfServer> {
  await mkdir(path, { recursive: true })
  if (quotaMebibytes === undefined)
    await call('mount', '-t', 'tmpfs', '-o', `size=${mebibytes}m,mode=0777`, 'tmpfs', path)
  else await mountWithQuota(path, mebibytes, quotaMebibytes)
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

/** ext4 on a RAM disk: a tmpfs has no quotas. */
async function mountWithQuota(path: string, mebibytes: number, quotaMebibytes: number): Promise<void> {
  await call('modprobe', 'quota_v2')
  await call('modprobe', 'brd', 'rd_nr=1', `rd_size=${mebibytes * 1024}`)
  const device = '/run/disk-with-quota'
  await rm(device, { force: true })
  await call('mknod', device, 'b', '1', '0')
  await call('mkfs.ext4', '-q', '-F', '-O', 'quota', '-E', 'quotatype=usrquota', device, `${mebibytes}m`)
  await call('mount', '-o', 'usrquota', device, path)
  await chmod(path, 0o777)
  const { id } = quotaUser
  await call('setquota', '-u', `${id}`, '0', `${quotaMebibytes * 1024}`, '0', '0', path)
}

async function writeUntilFull(file: Awaited<ReturnType<typeof open>>, zeroes: Uint8Array): Promise<void> {
  try {
    for (;;) await file.write(zeroes)
  } catch (error) {
    if (systemCode(error) !== 'ENOSPC') throw error
  }
}
