import { RedomaError } from '../../core/errors.ts'
import { type Role, roleNames } from '../../ports/access.ts'

/** @throws RedomaError `USAGE` */
export function parseRole(text: string): Role {
  const role = roleNames.find((name) => name === text)
  if (role !== undefined) return role
  throw new RedomaError('USAGE', `${JSON.stringify(text)} is no role`, {
    hint: `The roles: ${roleNames.join(', ')}.`,
  })
}
