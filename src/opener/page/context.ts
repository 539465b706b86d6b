import type { Opened } from '../protocol.ts'
import type { Texts } from './texts/english.ts'
import type { VaultClient } from './vault-client.ts'

/** What every part of the page is handed. */
export interface PageContext {
  readonly texts: Texts
  readonly now: () => number
  /** Says it to who does not see it. */
  readonly announce: (text: string) => void
}

/** A bundle that is open. */
export interface Session {
  readonly client: VaultClient
  readonly opened: Opened
  readonly bundleName: string
  readonly ledger: Blob | undefined
}
