import type { Notifier } from '../ports/notifier.ts'

/** Tells each, whatever becomes of the others. It broke where any did: they may hear the same again. */
export function tellingAll(notifiers: readonly Notifier[]): Notifier {
  return {
    async tell(news) {
      const ended = await Promise.allSettled(notifiers.map((notifier) => notifier.tell(news)))
      const failed = ended.find((end) => end.status === 'rejected')
      if (failed !== undefined) throw failed.reason
    },
  }
}
