import type { Catalogue } from '../../ports/catalogue.ts'
import type { User } from '../../ports/user.ts'
import { entryNamed } from '../named.ts'

/** @throws RedomaError `NOT_FOUND`, proposing the name that was probably meant */
export async function userNamed({ users }: Catalogue, name: string): Promise<User> {
  return entryNamed('user', name, await users.list())
}
