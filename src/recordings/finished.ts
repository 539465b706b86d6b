/** What a recording's format says of its end: some have a mark for it, most have none. */
export type EndMark = 'ended' | 'not-yet' | 'none'

export type Finish =
  | { readonly kind: 'finished' }
  /** Its end mark never came: the program that recorded died, and what there is of it is worth keeping. */
  | { readonly kind: 'interrupted' }
  | { readonly kind: 'not-yet' }

const interruptedAfterSeconds = 24 * 60 * 60

/** Whether a recording is complete, as far as the format and the time since it was last written to can say. */
export function isFinished(mark: EndMark, lastWrittenAt: Date, now: Date, settleSeconds: number): Finish {
  const quietSeconds = (now.getTime() - lastWrittenAt.getTime()) / 1000
  switch (mark) {
    case 'ended':
      return { kind: 'finished' }
    case 'none':
      return { kind: quietSeconds >= settleSeconds ? 'finished' : 'not-yet' }
    case 'not-yet':
      return {
        kind: quietSeconds >= Math.max(settleSeconds, interruptedAfterSeconds) ? 'interrupted' : 'not-yet',
      }
  }
}
