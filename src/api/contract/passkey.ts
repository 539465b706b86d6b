import { z } from '@hono/zod-openapi'
import type { NewPasskeyAnswer, PasskeyAnswer } from '../../app/users/passkeys.ts'
import type { Passkey } from '../../ports/user.ts'
import { time } from './paging.ts'

/*
 * What `PublicKeyCredential.toJSON()` of a browser gives, as far as it is looked at: they add to it, and what they add is left out.
 */

const bytes = (most: number) =>
  z
    .string()
    .min(1)
    .max(most)
    .regex(/^[A-Za-z0-9_-]+$/)
    .openapi({ description: 'In base64url.' })
// WebAuthn level 3, 5.8.1: a credential's id has 1023 bytes at most.
const credential = { id: bytes(1364), rawId: bytes(1364), type: z.literal('public-key') }
const clientDataJSON = bytes(8000)

export const newPasskey = z
  .strictObject({
    name: z.string().max(100),
    credential: z.object({
      ...credential,
      response: z.object({ clientDataJSON, attestationObject: bytes(60_000) }),
    }),
  })
  .openapi('NewPasskey')

export const passkeySignIn = z
  .strictObject({
    credential: z.object({
      ...credential,
      response: z.object({
        clientDataJSON,
        authenticatorData: bytes(8000),
        signature: bytes(8000),
        userHandle: bytes(100).nullish(),
      }),
    }),
  })
  .openapi('PasskeySignIn')

export function newPasskeyAnswer({ credential: given }: z.infer<typeof newPasskey>): NewPasskeyAnswer {
  return { ...given, clientExtensionResults: {} }
}

export function passkeyAnswer({ credential: given }: z.infer<typeof passkeySignIn>): PasskeyAnswer {
  const { userHandle, ...response } = given.response
  return {
    ...{ ...given, clientExtensionResults: {} },
    response: typeof userHandle === 'string' ? { ...response, userHandle } : response,
  }
}

const question = (method: string) =>
  z
    .object({ challenge: z.string() })
    .catchall(z.any())
    .openapi({
      description: `For \`PublicKeyCredential.${method}()\` of a browser. It is good for six minutes, once.`,
    })

export const newPasskeyQuestion = question('parseCreationOptionsFromJSON').openapi('NewPasskeyQuestion')
export const passkeyQuestion = question('parseRequestOptionsFromJSON').openapi('PasskeyQuestion')

export const passkeyName = z.object({ name: z.string().min(1).max(100) })
export const passkeyOfUser = z.object({ ...passkeyName.shape, passkey: z.string().min(1).max(100) })

export const passkey = z
  .object({
    name: z.string(),
    host: z.string().openapi({ description: 'The name of the instance that it is for.' }),
    createdAt: time,
    usedAt: time.optional(),
  })
  .openapi('Passkey')

export function passkeyJson({ name, host, createdAt, usedAt }: Passkey): z.infer<typeof passkey> {
  return { name, host, createdAt: createdAt.toISOString(), usedAt: usedAt?.toISOString() }
}
