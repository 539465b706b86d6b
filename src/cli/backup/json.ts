import type { Run } from '../../ports/catalogue.ts'

/** What `--json` says of a run: as the catalogue has it, times in ISO 8601, spans in seconds. */
export function runJson(run: Run): object {
  return {
    run: run.id,
    state: run.state.kind,
    startedAt: run.startedAt.toISOString(),
    planId: run.planId,
    dueAt: run.dueAt?.toISOString(),
    cancelledBy: run.state.kind === 'cancelled' ? run.state.by : undefined,
    finishedAt: 'finishedAt' in run.state ? run.state.finishedAt.toISOString() : undefined,
    remarks: run.remarks.length === 0 ? undefined : run.remarks,
    parts: run.parts.map(({ startedAt, finishedAt, ...part }) => ({
      ...part,
      startedAt: startedAt.toISOString(),
      seconds: (finishedAt.getTime() - startedAt.getTime()) / 1000,
    })),
  }
}
