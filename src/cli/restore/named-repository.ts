import { resolve } from 'node:path'
import type { Command } from 'commander'
import { RedomaError } from '../../core/errors.ts'
import type { LocalSpec, S3Spec } from '../../ports/destination-spec.ts'
import { s3SpecOf } from '../destination/place-options.ts'

/** How the store of a repository is spoken to that is named by its address. */
export interface StoreOptions {
  readonly region?: string | undefined
  readonly virtualHost?: true | undefined
  readonly ca?: string | undefined
}

export function addStoreOptions(command: Command): Command {
  return command
    .optionsGroup('For --repository s3:URL, with the keys of AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY:')
    .option('--region <name>', 'the region of the bucket (default: us-east-1)')
    .option('--virtual-host', "the bucket is a part of the host's name: https://BUCKET.HOST")
    .option('--ca <file>', 'the authority that vouches for the endpoint, as PEM')
    .optionsGroup('Options:')
}

/**
 * `s3:https://HOST/BUCKET/PREFIX`, as stock restic has it, or a folder.
 *
 * @throws RedomaError `USAGE`
 */
export function namedRepository(text: string, options: StoreOptions): LocalSpec | S3Spec {
  if (/^(s3:|https?:\/\/)/.test(text)) return s3SpecOf(text, options)
  refuseStoreOptions(options)
  const [, scheme] = /^(sftp|rest|rclone|b2|azure|gs|swift|ssh|rsync):/.exec(text) ?? []
  if (scheme === undefined) return { kind: 'local', path: resolve(text) }
  throw new RedomaError('USAGE', `a repository is not read by ${scheme}`, {
    hint: `Name a folder or s3:https://HOST/BUCKET/PREFIX. Else fetch it into a folder first; a folder of this name is ./${text}`,
  })
}

/**
 * An option that is silently ignored is a promise that is not kept.
 *
 * @throws RedomaError `USAGE`
 */
export function refuseStoreOptions({ region, virtualHost, ca }: StoreOptions): void {
  if (region === undefined && virtualHost === undefined && ca === undefined) return
  throw new RedomaError('USAGE', '--region, --virtual-host and --ca go with --repository s3:URL only', {
    hint: 'What a destination needs was said when it was added: redoma destination show NAME',
  })
}
