import type { EventName, Severity } from './events.ts'

export type NoticePhase = 'opened' | 'worsened' | 'reminder' | 'closed'

/** Something that happened, as it is told outside. Holds no secret. */
export interface Notice {
  /** 1, 2, 3 …: the same each time, should it ever be sent twice. */
  readonly id: number
  readonly event: EventName
  /** Of an incident that is over: how bad it was, so that whoever heard of it hears that, too. */
  readonly severity: Severity
  readonly at: Date
  readonly instance: { readonly id: string; readonly name: string; readonly host: string }
  /** What it is about, by the name that people know: a destination, a plan, a source. */
  readonly subject: string
  /** One line. */
  readonly title: string
  /** What happened: whole sentences. */
  readonly text: string
  /** What can be done about it: one sentence. */
  readonly hint?: string | undefined
  /** Figures for machines. Names are of `a` to `z`, `A` to `Z`, and digits. */
  readonly fields: Readonly<Record<string, string | number>>
  /** Of an event that is no incident: absent. */
  readonly incident?:
    | { readonly id: number; readonly phase: NoticePhase; readonly openedAt: Date }
    | undefined
}

/** A way out: a mail server, a SIEM, a chat. */
export interface Channel {
  /**
   * Kept when the other side has taken it, as far as it says so. In bounded time and memory, whatever it answers.
   *
   * @returns what it answered, in a line for people; of a kind that answers nothing, that it was sent
   * @throws RedomaError `NOTICE_REFUSED` when it will never take it (an address that nobody has, words that it does not like),
   * `NOTICE_FAILED` for all that may pass; the signal's reason
   */
  deliver(notice: Notice, signal: AbortSignal): Promise<string>
  /** The same for several in one message, the oldest first; absent where each is told by itself. */
  deliverDigest?(notices: readonly Notice[], signal: AbortSignal): Promise<string>
  /** Of what waits for a sign of life, and tells people itself when it stays away: that all is well, or is not. */
  beat?(isWell: boolean, signal: AbortSignal): Promise<string>
}
