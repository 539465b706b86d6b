import { RedomaError } from '../../core/errors.ts'

/**
 * Who asks over a network cannot see that it is another one than the instance knows, and must not be led to believe what is in it.
 *
 * @throws RedomaError `REPOSITORY_EXCHANGED`
 */
export function requireKnownRepository(destination: string, known: string | undefined, found: string): void {
  if (known === undefined || known === found) return
  throw new RedomaError(
    'REPOSITORY_EXCHANGED',
    `${destination}: the repository is ${found.slice(0, 10)}, and not ${known.slice(0, 10)} as before`,
    {
      hint: 'Look at it on the machine: redoma backup snapshots --from; redoma destination accept if it is right.',
    },
  )
}
