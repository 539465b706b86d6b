/**
 * That this process is there, for others that share its catalogue, and so may hold leases, runs and changes. Where only processes of this
 * machine do, they look for themselves, and it always is. Else it is renewed every few seconds; one that was not renewed for long enough is
 * taken away for good, and with it all that the process held.
 */
export interface Presence {
  /** Where several nodes share the catalogue: counts up with each process that opens it. */
  readonly id: number | undefined
  /** Aborted with `LEASE_LOST` when it was taken away. */
  readonly lost: AbortSignal
  /** Whether others still have to respect it, by the clocks as they are now. */
  isGood(): boolean
  /**
   * Kept at once while it is good; else when it was renewed, or broken.
   *
   * @throws RedomaError `LEASE_LOST`, and the signal's reason
   */
  whenGood(signal: AbortSignal): Promise<void>
  /** Whether the process of this number has the catalogue open, as far as is known. */
  isThere(id: number): Promise<boolean>
}
