import type { AuditEntry } from './audit-entry.ts'
import type { EventName, IncidentKind, Severity } from './events.ts'
import type { Notice } from './notice.ts'
import type { Page, PageRequest } from './paging.ts'

/** Something that is wrong now. */
export interface Trouble {
  readonly kind: IncidentKind
  /** Tells it from others of its kind, whatever the names are: the id of a destination, of a plan … */
  readonly key: string
  /** What it is about, by the name that people know. */
  readonly subject: string
  readonly severity: Severity
  /** One line. */
  readonly title: string
  /** What is wrong: whole sentences. */
  readonly text: string
  /** What can be done about it: one sentence. */
  readonly hint?: string | undefined
  /** Figures for machines. */
  readonly fields: Readonly<Record<string, string | number>>
}

/** Trouble that lasts: opened once, closed when it is over. */
export interface Incident extends Trouble {
  /** 1, 2, 3 … */
  readonly id: number
  readonly openedAt: Date
  /** When its text or its severity changed last. */
  readonly updatedAt: Date
  /** When people were told of it last. */
  readonly toldAt: Date
  readonly closedAt?: Date | undefined
  /** Gone when it has got worse since: that was not known then. */
  readonly acknowledged?: Acknowledgement | undefined
}

/** That somebody knows of an incident, which may last for now: nobody is reminded of it. */
export interface Acknowledgement {
  readonly at: Date
  /** As the audit trail calls them. */
  readonly by: string
  readonly why: string
}

/** What is to be done about one incident. */
export type IncidentStep =
  | { readonly kind: 'open'; readonly trouble: Trouble }
  /** `tell`: people hear of it again; absent: it is only brought up to date. */
  | {
      readonly kind: 'update'
      readonly id: number
      readonly trouble: Trouble
      readonly tell?: 'worsened' | 'reminder' | undefined
    }
  | { readonly kind: 'close'; readonly id: number }

export interface IncidentFilter {
  readonly state?: 'open' | 'closed' | undefined
  readonly kind?: IncidentKind | undefined
  readonly severity?: Severity | undefined
}

export interface IncidentStore {
  /**
   * One transaction: nobody else of this instance opens or closes one between what `decide` is given and what it makes of it, and what
   * people are to be told is queued with it.
   *
   * @param seen what `seen` gave before it was looked for troubles
   * @returns the steps that were taken
   * @throws RedomaError `CHANGED_MEANWHILE` when one was opened or closed since `seen`: by what is known by now, that may be undone
   */
  record(
    decide: (open: readonly Incident[]) => readonly IncidentStep[],
    at: Date,
    seen?: string,
  ): Promise<readonly IncidentStep[]>
  /** Another text each time that one was opened or closed. */
  seen(): Promise<string>
  /** Worst first, then the oldest. */
  open(): Promise<Incident[]>
  /** Newest first. @param before only those of a lower number */
  list(limit: number, before?: number): Promise<Incident[]>
  /** @throws RedomaError `USAGE` for a position of another order */
  page(filter: IncidentFilter, request: PageRequest<'id'>): Promise<Page<Incident>>
  /** @throws RedomaError `NOT_FOUND` */
  get(id: number): Promise<Incident>
  /**
   * @param acknowledged absent: it is not any more
   * @param audited written in the same transaction, where that changes anything
   * @throws RedomaError `NOT_FOUND`; `USAGE` for one that is over
   */
  acknowledge(
    id: number,
    acknowledged: Acknowledgement | undefined,
    audited: (incident: Incident) => AuditEntry,
  ): Promise<Incident>
}

/** As it stands in the queue: whose it is, is said when it is sent. */
export interface QueuedNotice extends Omit<Notice, 'instance'> {
  /** It is for this person alone, by this channel, which is one of mail. */
  readonly person?: { readonly channel: string; readonly mail: string } | undefined
}

export type NoticeOutcome =
  | { readonly kind: 'told' }
  /** It is told nothing of this kind. */
  | { readonly kind: 'passed-over' }
  /** The channel will never take it. */
  | { readonly kind: 'refused'; readonly why: string }

/** What a channel will never take. */
export interface RefusedNotice extends Pick<QueuedNotice, 'id' | 'event' | 'severity' | 'title'> {
  /** When it said so. */
  readonly at: Date
  /** What it said: one line, of another machine. */
  readonly why: string
}

/** That a channel did not take what it was told, nor said that it never will. */
export interface ChannelFailure {
  readonly channelId: string
  /** Of the first time, when it had been well before. */
  readonly since: Date
  /** Of the last. */
  readonly at: Date
  /** Of the last: one line. */
  readonly why: string
}

/** What people and machines outside are to be told, until each channel has it. */
export interface NoticeQueue {
  /** @returns its number, when it is kept durably */
  add(event: EventName, notice: Omit<QueuedNotice, 'id' | 'event' | 'incident'>): Promise<number>
  /** From now on the channel is told: nothing that was queued before. Doing so twice changes nothing. */
  begin(channelId: string): Promise<void>
  /** What this channel neither took nor refused since it began, oldest first. */
  pending(channelId: string, limit: number): Promise<QueuedNotice[]>
  /** Doing so twice changes nothing. A channel that was told, or refused, is not failing any more. */
  settle(channelId: string, ids: readonly number[], outcome: NoticeOutcome, at: Date): Promise<void>
  /** The channel did not take it, and is asked again later. */
  failed(channelId: string, why: string, at: Date): Promise<void>
  /** Channels that did not take what they were told last. */
  failing(): Promise<ChannelFailure[]>
  /** How many wait for a channel, and since when. */
  waiting(channelId: string): Promise<{ readonly count: number; readonly since?: Date | undefined }>
  /** What this channel refused, newest first, while the notices are kept. */
  refused(channelId: string, limit: number): Promise<RefusedNotice[]>
  /** It is gone: nothing waits for it any more. */
  end(channelId: string): Promise<void>
  /** Removes what was queued before `until`, and that every channel has settled. */
  forget(until: Date): Promise<void>
}
