import { z } from 'zod'
import { RedomaError } from '../../core/errors.ts'
import type { CredentialRow, ReadCredentials } from '../../ports/credential-reader.ts'
import { rowFrom } from '../credential-row.ts'
import { makeIds } from '../derived-ids.ts'
import { readJson } from '../read-json.ts'
import { credentialOf } from './credential-of.ts'
import { type BitwardenItem, bitwardenItem } from './item.ts'

/** Bitwarden's (and Vaultwarden's) JSON export, of a person's vault or an organisation's, not encrypted. */
export const readBitwarden: ReadCredentials = async function* (file) {
  const { items, folders, collections } = parseExport(await readJson(file))
  const named = [...(folders ?? []), ...(collections ?? [])]
  const folderNames = new Map(named.map(({ id, name }) => [id, name]))
  const derived = makeIds('bitwarden item')
  const idFor = (item: BitwardenItem) =>
    derived([
      item.folderId ?? '',
      item.name ?? '',
      item.login?.username ?? '',
      item.login?.uris?.[0]?.uri ?? '',
    ])
  for (const [index, json] of items.entries()) yield rowOf(index + 1, json, folderNames, idFor)
}

const folder = z.object({ id: z.string(), name: z.string() })

const bitwardenExport = z.object({
  encrypted: z.boolean().optional(),
  items: z.array(z.unknown()).optional(),
  folders: z.array(folder).nullish(),
  collections: z.array(folder).nullish(),
})

function parseExport(json: unknown) {
  const parsed = bitwardenExport.safeParse(json)
  if (parsed.data?.encrypted === true) throw encryptedExport()
  if (parsed.data?.items !== undefined) return { ...parsed.data, items: parsed.data.items }
  throw new RedomaError('FORMAT_UNKNOWN', 'the file is not a JSON export of Bitwarden')
}

function rowOf(
  line: number,
  json: unknown,
  folders: ReadonlyMap<string, string>,
  idFor: (item: BitwardenItem) => string,
): CredentialRow {
  const item = bitwardenItem.safeParse(json)
  if (item.success) return rowFrom(line, () => credentialOf(item.data, folders, idFor))
  const [issue] = item.error.issues
  return { kind: 'bad', line, reason: `${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}` }
}

function encryptedExport(): RedomaError {
  return new RedomaError('FORMAT_UNKNOWN', 'the export is encrypted by Bitwarden', {
    hint: 'Export again with the file format ".json", not ".json (Encrypted)", and erase the file afterwards.',
  })
}
