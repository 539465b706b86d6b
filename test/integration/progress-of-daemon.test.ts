import { describe, expect, test } from 'vitest'
import { noProgressYet, withEvent } from '../../src/api/runs/run-progress.ts'
import { tellProgress } from '../../src/cli/backup/progress-of-daemon.ts'
import type { ProgressEvent } from '../../src/ports/progress.ts'

const until = new Date('2026-03-01T05:00:00Z')
const step: ProgressEvent = { kind: 'step', title: 'Reading', unit: 'bytes', total: 10 }
const warning = (number: number): ProgressEvent => ({
  kind: 'warning',
  subject: `file ${number}`,
  message: 'odd',
})

describe('the progress line of a run that the daemon does', () => {
  test('says what happened, in whatever pieces it is told of', () => {
    const waiting: ProgressEvent = { kind: 'waiting', subject: 'nas', message: 'locked', until }
    const advance = (done: number): ProgressEvent => ({ kind: 'advance', done, total: 10, detail: 'a' })

    expect(
      toldOf([[step], [], [warning(1), warning(2)], [waiting], [], [advance(7)], [{ ...step, total: 5 }]]),
    ).toEqual([
      step,
      { kind: 'advance', done: 0, total: 10, detail: undefined },
      { kind: 'advance', done: 0, total: 10, detail: undefined },
      warning(1),
      warning(2),
      { kind: 'advance', done: 0, total: 10, detail: undefined },
      waiting,
      advance(7),
      { ...step, total: 5 },
      { kind: 'advance', done: 0, total: 5, detail: undefined },
    ])
  })

  test('says how many warnings came faster than it was told of them', () => {
    const told = toldOf([Array.from({ length: 30 }, (_, index) => warning(index))])

    const warnings = told.filter(({ kind }) => kind === 'warning')
    expect(warnings[0]).toMatchObject({
      subject: 'run',
      message: expect.stringMatching(/^10 more warnings/) as string,
    })
    expect(warnings.slice(1)).toEqual(Array.from({ length: 20 }, (_, index) => warning(index + 10)))
  })
})

/** @param pieces what happened between one time that it is looked and the next */
function toldOf(pieces: readonly (readonly ProgressEvent[])[]): readonly ProgressEvent[] {
  const told: ProgressEvent[] = []
  const tell = tellProgress((event) => told.push(event))
  let known = noProgressYet
  for (const piece of pieces) {
    known = piece.reduce(withEvent, known)
    tell(known)
  }
  return told
}
