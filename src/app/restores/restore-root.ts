import { isAbsolute, join } from 'node:path'
import { z } from 'zod'
import { RedomaError } from '../../core/errors.ts'
import { keptFile } from '../kept-file.ts'

const schemaName = 'redoma-restore/1'

const restoreSettings = z.strictObject({
  schema: z.literal(schemaName),
  root: z.string().max(4096).refine(isAbsolute, 'is not an absolute path'),
})

/** The folder of this machine below which those restore who come over the network. */
export interface KeptRestoreRoot {
  /** `undefined`: there is none, and nobody does. @throws RedomaError `FILE_FAILED`, `DATA_DAMAGED` */
  read(): Promise<string | undefined>
  /** @throws RedomaError `FILE_FAILED` */
  write(root: string | undefined): Promise<void>
}

/**
 * In the instance's folder, and not in the catalogue: which folder of a machine is written to is decided on that machine, not by who can change a database that several
 * nodes share.
 */
export function keptRestoreRoot(home: string): KeptRestoreRoot {
  const file = join(home, 'restore.json')
  const kept = keptFile(file)
  return {
    async read() {
      const text = await kept.read()
      return text === undefined ? undefined : parsed(text, file)
    },
    write: (root) =>
      kept.write(
        root === undefined ? undefined : `${JSON.stringify({ schema: schemaName, root }, undefined, 2)}\n`,
      ),
  }
}

function parsed(text: string, file: string): string {
  try {
    return restoreSettings.parse(JSON.parse(text)).root
  } catch (cause) {
    throw new RedomaError('DATA_DAMAGED', `${file} does not say where to restore to`, {
      hint: 'redoma config restore-root writes it anew.',
      cause,
    })
  }
}
