import type { CredentialStore } from '../../ports/catalogue.ts'
import { noSuch } from '../near-names.ts'

/** @throws RedomaError `NOT_FOUND`, proposing the title that was probably meant */
export async function knownCredential(store: CredentialStore, text: string): Promise<void> {
  if ((await store.find(text)).length > 0) return
  const titles = (await store.list()).map((credential) => credential.title)
  throw noSuch('credential', text, titles)
}
