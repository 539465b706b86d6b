import { z } from 'zod'
import { collectBytes, utf8Text } from '../core/bytes.ts'
import { RedomaError } from '../core/errors.ts'
import { credentialListSchema, type ListedAttachment, type OpenListed } from '../ports/credential-json.ts'
import type { OpenBundle } from './open-bundle.ts'

/** What `secrets.json` of a bundle lists: each is still to be parsed, by `parseCredential`. */
export interface CredentialsInBundle {
  readonly json: readonly unknown[]
  /** The content of an attachment, out of the same bundle. */
  readonly openAttachment: OpenListed
}

/** All of it is in memory while the bundle is open. */
const limitBytes = 512 * 1024 * 1024

const secretsFile = z.object({
  schema: z.literal(credentialListSchema),
  credentials: z.array(z.unknown()),
})

/**
 * Reads the list of credentials, for whichever opener.
 *
 * @throws RedomaError `FORMAT_UNKNOWN` for another version, `DATA_DAMAGED`, `LIMIT_EXCEEDED`
 */
export async function readCredentials(bundle: OpenBundle): Promise<CredentialsInBundle> {
  const parsed = secretsFile.safeParse(jsonOf(await collectBytes(bundle.read('secrets.json'), limitBytes)))
  if (!parsed.success) {
    throw new RedomaError('FORMAT_UNKNOWN', 'secrets.json in the bundle is of another version', {
      hint: 'README.txt beside the bundle says how stock programs unpack it, to be read as text.',
    })
  }
  return { json: parsed.data.credentials, openAttachment: attachmentsOf(bundle) }
}

function jsonOf(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(utf8Text(bytes))
  } catch {
    // The engine's message quotes the text, which holds secrets.
    return undefined
  }
}

function attachmentsOf(bundle: OpenBundle): OpenListed {
  const key = (credential: string, name: string): string => `${credential}\0${name}`
  const paths = new Map(
    bundle.manifest.entries.flatMap(({ path, attachment }) =>
      attachment === undefined ? [] : [[key(attachment.credential, attachment.name), path] as const],
    ),
  )
  return ({ credentialId, name }: ListedAttachment) => bundle.read(paths.get(key(credentialId, name)) ?? '')
}
