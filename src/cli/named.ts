import type { NamedStore } from '../ports/named-store.ts'
import { noSuch } from './near-names.ts'

/** @throws RedomaError `NOT_FOUND`, proposing the name that was probably meant */
export async function named<Entry extends { readonly name: string }>(
  what: string,
  name: string,
  store: NamedStore<Entry>,
): Promise<Entry> {
  return entryNamed(what, name, await store.list())
}

/** @throws RedomaError `NOT_FOUND`, proposing the name that was probably meant */
export function entryNamed<Entry extends { readonly name: string }>(
  what: string,
  name: string,
  entries: readonly Entry[],
): Entry {
  const found = entries.find((entry) => entry.name === name)
  if (found !== undefined) return found
  const names = entries.map((entry) => entry.name)
  throw noSuch(what, name, names)
}
