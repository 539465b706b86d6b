import type { CredentialStore } from '../../ports/catalogue.ts'
import type { SecretsSource } from '../../ports/source.ts'

/** The instance's own credential registry. */
export function registrySource(credentials: CredentialStore): SecretsSource {
  return {
    name: 'registry',
    async *records(signal) {
      for await (const record of credentials.records()) {
        signal.throwIfAborted()
        yield record
      }
    },
    async *inspect(signal) {
      for await (const inspected of credentials.inspect()) {
        signal.throwIfAborted()
        yield inspected
      }
    },
  }
}
