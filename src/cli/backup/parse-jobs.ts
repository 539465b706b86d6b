import { RedomaError } from '../../core/errors.ts'
import { type Job, jobs } from '../../ports/progress.ts'
import { nearName } from '../near-names.ts'

/**
 * `secrets,system`; the order does not matter.
 *
 * @throws RedomaError `USAGE`
 */
export function jobsOf(text: string): readonly Job[] {
  const named = text.split(',').map((word) => {
    const job = jobs.find((one) => one === word.trim())
    if (job !== undefined) return job
    const near = nearName(word, jobs)
    throw new RedomaError('USAGE', `there is no job ${JSON.stringify(word)}`, {
      hint: near === undefined ? `There are ${jobs.join(', ')}.` : `Did you mean ${near}?`,
    })
  })
  return jobs.filter((job) => named.includes(job))
}
