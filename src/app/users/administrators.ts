import type { Catalogue } from '../../ports/catalogue.ts'
import type { User } from '../../ports/user.ts'

/** Names of all who can sign in as administrators now. */
export async function administratorsOf({ users }: Pick<Catalogue, 'users'>): Promise<string[]> {
  return (await users.list()).filter(canAdminister).map(({ name }) => name)
}

export function canAdminister(user: User): boolean {
  return user.role === 'administrator' && !user.isDisabled && user.passwordHash !== undefined
}
