import type { LookupFunction } from 'node:net'
import { RedomaError } from '../../core/errors.ts'
import type { TellShown } from '../../core/shown-certificate.ts'
import type { Destination } from '../../ports/destination.ts'
import type { S3Spec } from '../../ports/destination-spec.ts'
import { type ClientDeps, s3Client } from './client.ts'
import { makeAgent } from './exchange.ts'
import { abandonLeftovers } from './leftovers.ts'
import { listObjects } from './list-objects.ts'
import { keyOf } from './locate.ts'
import { putObject } from './put-object.ts'
import { readObject } from './read-object.ts'

export interface S3Deps extends ClientDeps {
  /** Certificates of a private authority, as PEM: with them, no other is trusted. */
  readonly ca?: string
  /** Told of the store's certificate with each connection that is not the continuation of another. */
  readonly onCertificate?: TellShown
  /** How names of hosts become addresses; absent: as everywhere on the machine. */
  readonly lookup?: LookupFunction
  /** A connection on which nothing came or went for so long is given up, in milliseconds. Absent: a minute. */
  readonly stallMs?: number
}

const usualStallMs = 60_000

/**
 * A bucket of an object store, or a part of one. What the store has acknowledged is durable, and seen by every later reader (Amazon,
 * Ceph, MinIO and their like promise both). Each request holds what it sends in memory, so that it can be made again: 32 MiB, or four
 * parts of an object that is longer. Disposing breaks off what is under way, and closes all connections.
 */
export function s3Destination(spec: S3Spec, deps: S3Deps): Destination & AsyncDisposable {
  const { ca, lookup, stallMs = usualStallMs, clock } = deps
  const agent = makeAgent(spec.endpoint, ca, deps.onCertificate)
  const client = s3Client(spec, { agent, lookup, stallMs }, deps)
  const ended = new AbortController()
  const behind = new Set<Promise<unknown>>()
  let cleaned = false

  const until = (signal: AbortSignal): AbortSignal => AbortSignal.any([signal, ended.signal])
  function later(work: Promise<unknown>): void {
    const done = work.catch(() => undefined).finally(() => behind.delete(done))
    behind.add(done)
  }

  return {
    async put(name, body, signal) {
      signal.throwIfAborted()
      if (!cleaned) {
        cleaned = true
        // Leftovers are only untidy: a failure here must not fail the put.
        later(abandonLeftovers(client, clock, ended.signal))
      }
      await putObject({ client, clock, later }, name, body, until(signal))
    },
    get: (name, range, signal) => readObject(client, name, range, until(signal)),
    list: (prefix, signal) => listObjects(client, prefix, until(signal)),
    async remove(name, signal) {
      const request = { doing: `removing ${name}`, method: 'DELETE', expected: ['NoSuchKey'] } as const
      await client.call({ ...request, key: keyOf(spec, name) }, until(signal))
    },
    async flush() {
      // What was acknowledged is durable.
    },
    async [Symbol.asyncDispose]() {
      ended.abort(new RedomaError('CANCELLED', 'the destination was closed'))
      await Promise.allSettled(behind)
      agent.destroy()
    },
  }
}

/** What an operator should hear before such a destination is added, a sentence each. */
export function remarksOnS3({ endpoint, storageClass }: S3Spec): string[] {
  const remarks: string[] = []
  if (endpoint.startsWith('http:')) {
    remarks.push(
      'http:// does not hide names, sizes and times of objects from the network, and whoever is in it can take part in the conversation; contents are encrypted by Redoma, and the secret key is never sent.',
    )
  }
  if (storageClass !== undefined && /^(?:GLACIER|DEEP_ARCHIVE)$/i.test(storageClass)) {
    remarks.push(
      `Objects in ${storageClass} cannot be read before they are thawed: nothing can be verified or restored until then.`,
    )
  }
  return remarks
}
