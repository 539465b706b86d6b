import { open, readFile, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { messageOf, RedomaError, systemCode } from '../core/errors.ts'

/** A small file of the instance's folder, which is there as a whole or not at all. */
export interface KeptFile {
  /** `undefined`: it is not there. @throws RedomaError `FILE_FAILED` */
  read(): Promise<string | undefined>
  /** Durable when it returns. `undefined`: takes it away. @throws RedomaError `FILE_FAILED` */
  write(text: string | undefined): Promise<void>
}

export function keptFile(file: string): KeptFile {
  return {
    read: () =>
      readFile(file, 'utf8').catch((error: unknown) => {
        if (systemCode(error) === 'ENOENT') return undefined
        throw new RedomaError('FILE_FAILED', `${file} cannot be read: ${messageOf(error)}`, { cause: error })
      }),
    async write(text) {
      try {
        if (text === undefined) await rm(file, { force: true })
        else await replace(file, text)
        // Else a power cut may bring back what was taken away.
        await using folder = await open(dirname(file))
        await folder.sync()
      } catch (error) {
        throw new RedomaError('FILE_FAILED', `${file} cannot be written: ${messageOf(error)}`, {
          cause: error,
        })
      }
    },
  }
}

async function replace(file: string, text: string): Promise<void> {
  const temporary = `${file}.new`
  await using handle = await open(temporary, 'w', 0o600)
  await handle.writeFile(text)
  await handle.sync()
  await rename(temporary, file)
}
