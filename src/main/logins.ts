import { isRedomaError, RedomaError } from '../core/errors.ts'
import type { ShareCredential } from '../destinations/mounts/credentials-file.ts'
import type { S3Keys } from '../destinations/s3/client.ts'
import type { CredentialStore } from '../ports/catalogue.ts'
import type { CifsSpec, NfsSpec, S3Spec } from '../ports/destination-spec.ts'
import type { Settings } from './settings.ts'

/** Where that lies which destinations are logged in to with. */
export interface LoginDeps {
  readonly credentials: Pick<CredentialStore, 'get'>
  readonly s3Keys: Settings['s3Keys']
}

/** @throws RedomaError `KEY_WRONG` */
export async function loginOf(
  { credentials }: LoginDeps,
  spec: CifsSpec | NfsSpec,
): Promise<ShareCredential> {
  const { user, secret, title } = await credentialOf(
    credentials,
    spec.kind === 'cifs' ? (spec.credential ?? '') : '',
  )
  if (user === undefined || secret === undefined)
    throw new RedomaError('KEY_WRONG', `the credential ${title} has no user or no password`, {
      hint: 'redoma credential edit',
    })
  return { user, secret }
}

/** @throws RedomaError `KEY_WRONG` */
export async function s3KeysFor({ credentials, s3Keys }: LoginDeps, { credential }: S3Spec): Promise<S3Keys> {
  if (credential === undefined) {
    if (s3Keys !== undefined) return s3Keys
    throw new RedomaError('KEY_WRONG', 'the environment has no AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY', {
      hint: 'Set them, or name a credential of the registry: --credential TITLE',
    })
  }
  const { user, secret, title } = await credentialOf(credentials, credential)
  if (user === undefined || secret === undefined)
    throw new RedomaError('KEY_WRONG', `the credential ${title} has no access key or no secret key`, {
      hint: 'The user of the credential is the access key, its secret the secret key: redoma credential edit',
    })
  return { accessKey: user, secret }
}

/** A destination goes on to name its credential when that is removed. */
async function credentialOf(credentials: LoginDeps['credentials'], id: string) {
  try {
    return await credentials.get(id)
  } catch (error) {
    if (!isRedomaError(error, 'NOT_FOUND')) throw error
    throw new RedomaError('KEY_WRONG', `the credential that it logs in with was removed: ${id}`, {
      hint: 'Add it again, and put its new id into the configuration: redoma credential add; redoma config export; redoma config apply',
      cause: error,
    })
  }
}
