import { RedomaError } from '../core/errors.ts'
import type { ReaderFor } from '../ports/credential-reader.ts'
import { readRedomaJson } from './redoma-json/read-redoma-json.ts'

/** All the formats that can be imported. */
export const readerFor: ReaderFor = (format) => {
  switch (format.kind) {
    case 'redoma-json':
      return readRedomaJson
    case 'csv':
    case 'bitwarden':
    case 'keepass':
      throw new RedomaError('INTERNAL', `${format.kind} cannot be imported yet`)
  }
}
