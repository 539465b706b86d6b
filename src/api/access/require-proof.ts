import type { Context } from 'hono'
import type { OwnProof } from '../../app/users/own-access.ts'
import { RedomaError } from '../../core/errors.ts'
import { Secret } from '../../core/secret.ts'
import type { User } from '../../ports/user.ts'
import type { ApiEnvironment } from '../contract/route.ts'
import type { ServedInstance } from '../deps.ts'
import { clientOf, principalOf, sessionOf } from './asked-by.ts'

interface TypedAgain {
  readonly password: string
  readonly code?: string | undefined
}

/**
 * For what gives somebody a way in, or is said for a person: who found a session open, or stole its cookie, does not do it.
 *
 * @param proof what was typed again; whoever comes by the socket is no user, and needs none
 * @throws RedomaError `NOT_ALLOWED` to a token; `USAGE` where a session has no proof; `NOT_SIGNED_IN` for a wrong one; `TOO_OFTEN`
 */
export async function requireProof(
  context: Context<ApiEnvironment>,
  access: ServedInstance['access'],
  proof: TypedAgain | undefined,
): Promise<void> {
  if (principalOf(context).way !== 'socket') await provenUser(context, access, proof)
}

/** The same for what users alone do. @returns who it is, as of the proof */
export async function provenUser(
  context: Context<ApiEnvironment>,
  access: ServedInstance['access'],
  proof: TypedAgain | undefined,
): Promise<User> {
  const admitted = sessionOf(context)
  if (proof === undefined)
    throw new RedomaError('USAGE', 'this takes the password again, and the code of the second factor', {
      hint: 'In the body: "proof": {"password": …, "code": …}.',
    })
  return (await access()).own.prove(admitted, proofOf(proof, clientOf(context)))
}

/** @param address where it comes from */
export function proofOf({ password, code }: TypedAgain, address: string): OwnProof {
  return { password: new Secret(password), code, address }
}
