import { RedomaError } from '../core/errors.ts'
import type { Clock } from '../ports/clock.ts'
import type { Destination } from '../ports/destination.ts'
import type { LocalSpec, S3Spec } from '../ports/destination-spec.ts'
import { reachLocal } from './reach-local.ts'
import type { Settings } from './settings.ts'

/** What is named by its address, without an instance: a bucket is opened with the keys of the environment alone. */
export async function reachNamed(
  spec: LocalSpec | S3Spec,
  { s3Keys }: Settings,
  clock: Clock,
): Promise<Destination & AsyncDisposable> {
  if (spec.kind === 'local') {
    return { ...reachLocal(spec.path, clock), [Symbol.asyncDispose]: () => Promise.resolve() }
  }
  const { connectS3 } = await import('./connecting.ts')
  return connectS3({ credentials: noRegistry, s3Keys, clock }, spec)
}

const noRegistry = {
  get: () => Promise.reject(new RedomaError('NOT_FOUND', 'without an instance there is no registry')),
}
