import { expect } from 'vitest'
import type { Run } from '../../src/ports/catalogue.ts'

/** A run that was lost ended when its process did, which nobody wrote down. */
export function expectOneAtATime(runs: readonly Run[]): void {
  for (const [index, run] of runs.entries()) {
    const before = runs[index - 1]
    if (before === undefined || !('finishedAt' in before.state)) continue
    expect(before.state.finishedAt <= run.startedAt, `run ${run.id} began before ${before.id} ended`).toBe(
      true,
    )
  }
}

/** Each is begun again only when its run was lost, and not often; none comes after a later one. */
export function expectEachDueTimeOnce(runs: readonly Run[]): void {
  const due = runs.filter(({ dueAt }) => dueAt !== undefined)
  expect(due.length).toBeGreaterThan(0)
  for (const [index, run] of due.entries()) {
    const before = due[index - 1]
    if (before?.dueAt === undefined || run.dueAt === undefined) continue
    expect(run.dueAt >= before.dueAt).toBe(true)
    if (run.dueAt.getTime() === before.dueAt.getTime()) expect(before.state.kind).toBe('lost')
  }
}
