import { z } from 'zod'

/*
 * One item of a Bitwarden export (bitwarden.com/help/condition-bitwarden-import, "For your individual vault"), as far as
 * it says something of a credential.
 */

const text = z.string().nullish()
/** Cards and identities: all they have is texts. */
const texts = z.record(z.string(), z.unknown()).nullish()

export const bitwardenItem = z.object({
  id: text,
  folderId: text,
  collectionIds: z.array(z.string()).nullish(),
  type: z.int(),
  name: text,
  notes: text,
  fields: z.array(z.object({ name: text, value: text, type: z.int().nullish() })).nullish(),
  login: z
    .object({
      uris: z.array(z.object({ uri: text })).nullish(),
      username: text,
      password: text,
      totp: text,
      fido2Credentials: z.array(z.unknown()).nullish(),
    })
    .nullish(),
  card: texts,
  identity: texts,
  sshKey: z.object({ privateKey: text, publicKey: text, keyFingerprint: text }).nullish(),
  passwordHistory: z.array(z.object({ lastUsedDate: z.string(), password: z.string() })).nullish(),
  creationDate: text,
  revisionDate: text,
})

export type BitwardenItem = z.output<typeof bitwardenItem>
