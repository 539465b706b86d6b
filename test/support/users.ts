import { argon2Sync } from 'node:crypto'
import { newUser } from '../../src/app/users/new-user.ts'
import { issuePass } from '../../src/app/users/pass.ts'
import { Secret } from '../../src/core/secret.ts'
import type { Role } from '../../src/ports/access.ts'
import type { Catalogue } from '../../src/ports/catalogue.ts'
import type { Clock } from '../../src/ports/clock.ts'
import type { User } from '../../src/ports/user.ts'

interface WithUsers {
  readonly catalogue: Catalogue
  readonly clock: Clock
}

export const goodPassword = 'nine violet otters hum softly'

/** A user who has a password, `goodPassword`, which is compared at once. */
export async function aUser({ catalogue, clock }: WithUsers, name: string, role: Role): Promise<User> {
  const user = { ...newUser({ clock }, name, role), passwordHash: cheapHash }
  await catalogue.users.add(user, {
    at: clock.now(),
    actor: 'tester',
    action: 'user.add',
    subject: name,
    detail: '',
  })
  return user
}

/** One of the product takes a quarter of a second, each time. */
const cheapHash = cheaplyHashed(goodPassword)

function cheaplyHashed(message: string): Secret {
  const nonce = Buffer.alloc(16)
  const tag = argon2Sync('argon2id', { message, nonce, memory: 8, passes: 1, parallelism: 1, tagLength: 32 })
  const [salt, hash] = [nonce, tag].map((bytes) => bytes.toString('base64').replaceAll('=', ''))
  return new Secret(`$argon2id$v=19$m=8,t=1,p=1$${salt}$${hash}`)
}

/** What a browser sends with each request of a session that the user has just begun. */
export async function aBrowserOf(instance: WithUsers, { id }: User): Promise<Record<string, string>> {
  const expiresAt = new Date(instance.clock.now().getTime() + 12 * 60 * 60_000)
  const { secret } = await issuePass(instance, { kind: 'session', userId: id, expiresAt })
  return { cookie: `__Host-redoma=${secret.reveal()}`, 'sec-fetch-site': 'same-origin' }
}
