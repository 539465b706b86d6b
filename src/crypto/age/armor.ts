import { armor as typage } from 'age-encryption'
import { utf8Text } from '../../core/bytes.ts'
import { RedomaError } from '../../core/errors.ts'

const firstLine = '-----BEGIN AGE ENCRYPTED FILE-----'

/** Whether this is an age file as text, as `age --armor` writes it. White space may come before. */
export function isArmored(file: Uint8Array): boolean {
  return utf8Text(file.subarray(0, 1024)).trimStart().startsWith(firstLine)
}

/** An age file as text, to go where only text goes. */
export function enarmor(file: Uint8Array): string {
  return typage.encode(file)
}

/** @throws RedomaError `DATA_DAMAGED` */
export function dearmor(file: Uint8Array): Uint8Array {
  try {
    return typage.decode(new TextDecoder('utf-8', { fatal: true }).decode(file))
  } catch (error) {
    throw new RedomaError('DATA_DAMAGED', 'the armor of the age file is damaged', { cause: error })
  }
}
