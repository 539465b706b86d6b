import type { BundleContent, CredentialFacts, ValueTags } from '../../ports/bundle-store.ts'
import type { Catalogue } from '../../ports/catalogue.ts'
import type { CredentialRecord } from '../../ports/credential.ts'

/** What the catalogue keeps of a credential that goes into a bundle. */
export function contentOf(
  source: string,
  record: CredentialRecord,
  catalogue: Pick<Catalogue, 'tagValues'>,
): BundleContent {
  return {
    source,
    id: record.id,
    facts: factsOf(record),
    tags: catalogue.tagValues(source, record),
  }
}

export function factsOf({ title, kind, folder, user, host, owner }: CredentialRecord): CredentialFacts {
  return { title, kind, folder, user, host, owner }
}

/** Whether nobody is let in by it. */
export function isEmpty(kind: string, tags: ValueTags): boolean {
  return !Object.keys(tags).some((name) => letsIn(kind, name))
}

/** Notes and shown fields may say anything: only of a note they are what it is for. */
export function letsIn(kind: string, name: string): boolean {
  return kind === 'note' || name === 'secret' || name === 'totp' || /^(?:hidden|attachment)\//.test(name)
}

export function areEqual(one: ValueTags, other: ValueTags): boolean {
  const names = Object.keys(one)
  return (
    names.length === Object.keys(other).length &&
    names.every((name) => Object.hasOwn(other, name) && one[name] === other[name])
  )
}
