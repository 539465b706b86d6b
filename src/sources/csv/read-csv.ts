import { type CsvError, parse } from 'csv-parse/sync'
import { collectBytes } from '../../core/bytes.ts'
import { RedomaError, systemCode } from '../../core/errors.ts'
import type { ColumnMapping, CredentialRow, ReadCredentials } from '../../ports/credential-reader.ts'
import { rowFrom } from '../credential-row.ts'
import { makeIds } from '../derived-ids.ts'
import { recogniseColumns } from './columns.ts'
import { credentialOf } from './credential-of.ts'

const fileLimitBytes = 128 * 1024 * 1024
const recordLimitCharacters = 4 * 1024 * 1024
const columnLimit = 1000

/**
 * CSV (RFC 4180) in UTF-8 with a header, with commas, semicolons or tabs between. Columns are recognised by their names;
 * what is not recognised becomes a hidden custom field.
 */
export function csvReader(mapping: ColumnMapping): ReadCredentials {
  return async function* (file) {
    const { lines, bad } = parseCsv(textOf(await collectBytes(file, fileLimitBytes)))
    const [header, ...records] = lines
    if (header === undefined) throw new RedomaError('FORMAT_UNKNOWN', 'the file has no header')
    const columns = recogniseColumns(header.values, mapping)
    if (!columns.some((column) => column.kind === 'ours')) throw unknownHeader()
    const idFor = makeIds('csv row')
    const rows = records
      .filter(({ values }) => values.some((value) => value !== ''))
      .map(({ line, values }): CredentialRow => {
        if (values.length !== columns.length) return wrongLength(line, columns.length, values.length)
        return rowFrom(line, () => credentialOf(columns, values, idFor))
      })
    yield* [...rows, ...bad].toSorted((a, b) => a.line - b.line)
  }
}

interface Line {
  readonly line: number
  readonly values: readonly string[]
}

function parseCsv(text: string): { readonly lines: Line[]; readonly bad: CredentialRow[] } {
  const bad: CredentialRow[] = []
  const records = parseRecords(text, (line, reason) => bad.push({ kind: 'bad', line, reason }))
  let line = 1
  const lines = records.map(({ info, record }) => {
    const begun = Math.max(line, info.lines - record.join('').split('\n').length + 1)
    line = info.lines + 1
    return { line: begun, values: record }
  })
  return { lines, bad }
}

interface ParsedRecord {
  readonly record: readonly string[]
  /** `lines`: of the file, to the end of this record. */
  readonly info: { readonly lines: number }
}

function parseRecords(text: string, skip: (line: number, reason: string) => void): ParsedRecord[] {
  const delimiter = delimiterOf(text)
  try {
    const parsed: unknown = parse(text, {
      delimiter,
      info: true,
      max_record_size: recordLimitCharacters,
      relax_column_count: true,
      skip_records_with_error: true,
      on_skip: (error: CsvError | undefined) => {
        skip(Number(error?.['lines'] ?? 0), reasons[error?.code ?? ''] ?? 'is not CSV')
      },
    })
    return parsed as ParsedRecord[]
  } catch (error) {
    // Only the code of it: its message quotes the text, which may be a secret.
    throw new RedomaError('DATA_DAMAGED', `the file is not CSV (${systemCode(error) ?? 'unknown'})`)
  }
}

const reasons: Readonly<Record<string, string>> = {
  INVALID_OPENING_QUOTE: 'a quote stands within a value that has none around it',
  CSV_INVALID_CLOSING_QUOTE: 'something stands behind a closing quote',
  CSV_QUOTE_NOT_CLOSED: 'a quote is never closed, and what follows it cannot be read',
  CSV_MAX_RECORD_SIZE: 'is too long',
}

/** The one that the header has most of. */
function delimiterOf(text: string): string {
  const [header = ''] = text.slice(0, 100_000).split(/[\r\n]/, 1)
  const counts = [',', ';', '\t'].map((delimiter) => ({ delimiter, count: header.split(delimiter).length }))
  const most = counts.toSorted((a, b) => b.count - a.count)[0]
  if ((most?.count ?? 0) > columnLimit)
    throw new RedomaError('LIMIT_EXCEEDED', `more than ${columnLimit} columns`)
  return most?.delimiter ?? ','
}

function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (error) {
    throw new RedomaError('FORMAT_UNKNOWN', 'the file is not UTF-8', {
      hint: 'Save it as "CSV UTF-8", or convert it: iconv -f WINDOWS-1252 -t UTF-8',
      cause: error,
    })
  }
}

function wrongLength(line: number, expected: number, got: number): CredentialRow {
  return { kind: 'bad', line, reason: `expected ${expected} columns, got ${got}` }
}

function unknownHeader(): RedomaError {
  return new RedomaError('FORMAT_UNKNOWN', 'no column of the file is recognised by its name', {
    hint: 'The first line must name the columns; --map title=HEADER says which is which.',
  })
}
