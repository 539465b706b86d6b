import { readLocalFile } from '../app/local-file.ts'
import { utf8Text } from '../core/bytes.ts'

/** Words that people keep in a file: a few cards, certificates, a head. */
const limitBytes = 1024 * 1024

/** @throws RedomaError `NOT_FOUND`, `FILE_FAILED`, `LIMIT_EXCEEDED` */
export async function readText(path: string): Promise<string> {
  return utf8Text(await readLocalFile(path, limitBytes))
}
