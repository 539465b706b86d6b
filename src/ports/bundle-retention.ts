import type { RetentionPolicy } from '../core/retention/policy.ts'

/** How long bundles are kept, of a destination or of all that have none of their own. Without one, for ever. */
export interface BundleRetentionStore {
  /** Of this destination; the one of all where it has none. */
  effective(destinationId: string): Promise<RetentionPolicy | undefined>
  /** Of a destination alone, by its id; or of `all`. */
  get(of: string): Promise<RetentionPolicy | undefined>
  /** An empty policy keeps all; `undefined` forgets what was set. */
  set(of: string, policy: RetentionPolicy | undefined, at: Date): Promise<void>
}
