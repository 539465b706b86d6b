import { events } from '../../ports/events.ts'
import type { Trouble } from '../../ports/incident.ts'
import type { OwedHook } from '../../ports/owed-hook.ts'

/** Of each plan and machine the newest: what it undoes is what the older ones would. */
export function troublesOfHooks(failed: readonly OwedHook[]): readonly Trouble[] {
  const newest = new Map(failed.map((owed) => [`${owed.planId} ${owed.machine}`, owed]))
  return [...newest].map(([key, { run, plan, hook, machine }]) => ({
    kind: 'hook-owed',
    key,
    subject: plan,
    severity: events['hook-owed'].severity,
    title: `What the plan ${plan} quiesced may still stand still`,
    text: `The process of run ${run} died between its hooks, on ${machine.split('/')[0] ?? ''}, and the hook after it (${hook.argv[0] ?? ''}) has failed since. It is tried three times, an hour apart.`,
    hint: `See that the system goes on, by hand. Why the hook failed: redoma backup show ${run}. This is over when a hook after a run of the plan succeeds there: redoma backup create --plan '${plan}'`,
    fields: { plan, run },
  }))
}
