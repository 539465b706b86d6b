import { RedomaError } from '../core/errors.ts'
import type { CredentialStore } from '../ports/catalogue.ts'

/**
 * The id of the credential that a person means by an id or a whole title.
 *
 * @throws RedomaError `NOT_FOUND`, `AMBIGUOUS`
 */
export async function findCredential(store: CredentialStore, text: string): Promise<string> {
  const ids = await store.find(text)
  const [only] = ids
  if (only === undefined) {
    throw new RedomaError('NOT_FOUND', `there is no credential ${JSON.stringify(text)}`, {
      hint: 'List them with: redoma credential list',
    })
  }
  // A title may look like the id of another; the id is what was made to be unique.
  if (ids.includes(text)) return text
  if (ids.length === 1) return only
  throw new RedomaError('AMBIGUOUS', `${ids.length} credentials have the title ${JSON.stringify(text)}`, {
    hint: `Name one by its id: ${ids.slice(0, 5).join(', ')}`,
  })
}
