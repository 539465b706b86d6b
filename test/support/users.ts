import { newUser } from '../../src/app/users/new-user.ts'
import { issuePass } from '../../src/app/users/pass.ts'
import { Secret } from '../../src/core/secret.ts'
import { hashPassword } from '../../src/crypto/argon2id.ts'
import type { Role } from '../../src/ports/access.ts'
import type { User } from '../../src/ports/user.ts'
import type { TestInstance } from './instance.ts'

export const goodPassword = 'nine violet otters hum softly'

/** A user who has a password, `goodPassword`. */
export async function aUser({ catalogue, clock }: TestInstance, name: string, role: Role): Promise<User> {
  hash ??= hashPassword(new Secret(goodPassword))
  const user = { ...newUser({ clock }, name, role), passwordHash: await hash }
  await catalogue.users.add(user, {
    at: clock.now(),
    actor: 'tester',
    action: 'user.add',
    subject: name,
    detail: '',
  })
  return user
}

let hash: Promise<Secret> | undefined

/** What a browser sends with each request of a session that the user has just begun. */
export async function aBrowserOf(instance: TestInstance, { id }: User): Promise<Record<string, string>> {
  const expiresAt = new Date(instance.clock.now().getTime() + 12 * 60 * 60_000)
  const { secret } = await issuePass(instance, { kind: 'session', userId: id, expiresAt })
  return { cookie: `__Host-redoma=${secret.reveal()}`, 'sec-fetch-site': 'same-origin' }
}
