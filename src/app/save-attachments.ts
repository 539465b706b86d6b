import { mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { placeAttachments } from '../bundle/contents/attachment-paths.ts'
import type { CredentialRecord } from '../ports/credential.ts'
import { writeNewFile } from './write-new-file.ts'

/**
 * Writes the attachments of credentials below a folder, `attachments/0001-core-router/licence.pdf` and so on: names that every
 * file system takes; folders 0700, files 0600.
 *
 * @returns the paths
 * @throws RedomaError `ALREADY_EXISTS`, `FILE_FAILED`, `DATA_DAMAGED`
 */
export async function saveAttachments(
  records: readonly CredentialRecord[],
  folder: string,
): Promise<readonly string[]> {
  const paths: string[] = []
  for (const { path, attachment } of placeAttachments(records)) {
    const target = join(folder, path)
    await mkdir(dirname(target), { recursive: true, mode: 0o700 })
    await writeNewFile(target, attachment.open())
    paths.push(target)
  }
  return paths
}
