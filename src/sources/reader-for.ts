import type { ReaderFor } from '../ports/credential-reader.ts'
import { readBitwarden } from './bitwarden/read-bitwarden.ts'
import { csvReader } from './csv/read-csv.ts'
import { keepassReader } from './keepass/read-keepass.ts'
import { readRedomaJson } from './redoma-json/read-redoma-json.ts'

/** All the formats that can be imported. */
export const readerFor: ReaderFor = (format) => {
  switch (format.kind) {
    case 'redoma-json':
      return readRedomaJson
    case 'csv':
      return csvReader(format.columns)
    case 'bitwarden':
      return readBitwarden
    case 'keepass':
      return keepassReader(format.password, format.keyFile)
  }
}
