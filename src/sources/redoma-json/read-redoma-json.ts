import { z } from 'zod'
import { RedomaError } from '../../core/errors.ts'
import { credentialListSchema } from '../../ports/credential-json.ts'
import type { ReadCredentials } from '../../ports/credential-reader.ts'
import { credentialRow } from '../credential-row.ts'
import { readJson } from '../read-json.ts'

/** Redoma's own JSON: `secrets.json` of a bundle is one. */
export const readRedomaJson: ReadCredentials = async function* (file) {
  const parsed = credentialList.safeParse(await readJson(file))
  if (!parsed.success) {
    throw new RedomaError('FORMAT_UNKNOWN', `the file is not a list of credentials of Redoma's`, {
      hint: `It begins with {"schema":"${credentialListSchema}","credentials":[ …`,
    })
  }
  for (const [index, json] of parsed.data.credentials.entries()) yield credentialRow(index + 1, json)
}

const credentialList = z.object({
  schema: z.literal(credentialListSchema),
  credentials: z.array(z.unknown()),
})
