import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { z } from 'zod'

/** As much of the JSON form of a credential as is looked at by name; all the rest is compared as it is. */
export const credentialList = z.object({
  credentials: z.array(
    z.looseObject({
      id: z.string(),
      attachments: z.array(z.looseObject({ content: z.string().optional() })).optional(),
      history: z.array(z.looseObject({})).optional(),
    }),
  ),
})

type Credential = z.infer<typeof credentialList>['credentials'][number]

/** What is missing or different, by id; the contents of attachments are looked for below `attachments`. */
export function compareCredentials(
  before: readonly Credential[],
  after: readonly Credential[],
  attachments: string,
): string[] {
  const found = new Map(after.map((credential) => [credential.id, credential]))
  const contents = contentsBelow(attachments)
  return before.flatMap((credential) => {
    const other = found.get(credential.id)
    if (other === undefined) return [`${credential.id}: missing`]
    const isWhole = (credential.attachments ?? []).every(({ content }) => contents.has(content ?? ''))
    return isWhole && isDeepStrictEqual(comparable(credential), comparable(other))
      ? []
      : [`${credential.id}: not as it was`]
  })
}

/** Attachments, and the source that a bundle adds, are looked at elsewhere. */
const leftOut = ['attachments', 'source']

/** An empty list and none mean the same. */
function comparable(credential: Credential): object {
  const entries = Object.entries(credential).filter(
    ([name, value]) => !leftOut.includes(name) && !(Array.isArray(value) && value.length === 0),
  )
  return Object.fromEntries(entries)
}

/** In base64, as the sample vault has them. */
function contentsBelow(folder: string): Set<string> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile())
  return new Set(files.map(({ parentPath, name }) => readFileSync(join(parentPath, name), 'base64')))
}
