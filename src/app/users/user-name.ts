import { RedomaError } from '../../core/errors.ts'

/** Small letters of ASCII alone: no two names look the same. */
export const userNameForm = /^[a-z][a-z0-9._-]{0,31}$/

/** @throws RedomaError `USAGE` */
export function requireUserName(name: string): void {
  if (!userNameForm.test(name))
    throw new RedomaError(
      'USAGE',
      "a user's name has small letters, digits, . _ and -, begins with a letter, and is 32 long at most",
    )
}

/** In the audit trail; no user of the system has a colon in the name (passwd(5)). */
export function userActor(name: string): string {
  return `user:${name}`
}

export function tokenActor(name: string, token: string): string {
  return `token:${name}/${token}`
}

/** Whether who is called so in the audit trail came over the network, and did not come by the socket or a command. */
export function isOfApi(actor: string): boolean {
  return actor.includes(':')
}
