/** What a log line says beside its event. Secrets print as `[secret]`; bytes of secrets must never be given at all. */
export type LogFields = Readonly<Record<string, unknown>>

/** The instance's log: one plain line an event, and the same as JSON. */
export interface Log {
  info(event: string, fields?: LogFields): void
  warn(event: string, fields?: LogFields): void
  error(event: string, fields?: LogFields): void
}
