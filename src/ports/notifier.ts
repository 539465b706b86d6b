import type { DestinationChange } from './destination-state.ts'

/** What people are told of. */
export interface News {
  readonly kind: 'destination-changed'
  readonly change: DestinationChange
}

/** Who tells people: the log, a terminal, mail. */
export interface Notifier {
  /** Kept when it is told, in bounded time. Broken, it is told again later; so it may be when the process dies in between. */
  tell(news: News): Promise<void>
}
