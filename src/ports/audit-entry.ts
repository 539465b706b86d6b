export interface AuditEntry {
  readonly at: Date
  /** The system's user name. */
  readonly actor: string
  /** `credential.add`, `destination.remove` … */
  readonly action: string
  readonly subject: string
  /** No secret in it. */
  readonly detail: string
}
