import { z } from '@hono/zod-openapi'
import { mostTokenDays } from '../../app/users/keep-tokens.ts'
import type { Admitted } from '../../app/users/sessions.ts'
import { permissions, roleNames, roles } from '../../ports/access.ts'
import type { Pass, User } from '../../ports/user.ts'
import { time } from './paging.ts'
import { passkey, passkeyJson } from './passkey.ts'

/** Longer than any that is accepted: what does not fit is wrong, and not misshapen. */
const typed = z.string().min(1).max(1000).openapi({ format: 'password', writeOnly: true })
const code = z
  .string()
  .max(20)
  .optional()
  .openapi({ description: 'Of the second factor, where there is one.' })

export const userName = z.object({ name: z.string().min(1).max(100) })

export const signingIn = z
  .strictObject({ name: z.string().max(100), password: typed, code })
  .openapi('SigningIn')

const typedAgain = { password: typed, code }

/** Of who has signed in, once more. */
export const proof = z.strictObject(typedAgain).openapi('Proof')

/** For what needs it of who comes by a session; by the socket it is left away. */
export const proven = {
  proof: proof.optional().openapi({ description: 'Needed of who asks by a session.' }),
}

export const passwordChange = z.strictObject({ ...typedAgain, newPassword: typed }).openapi('PasswordChange')

export const totpCode = z.strictObject({ code: z.string().max(20) }).openapi('TotpCode')

export const acceptance = z
  .strictObject({
    invitation: typed,
    password: typed,
    name: z
      .string()
      .max(100)
      .optional()
      .openapi({ description: 'Of the first administrator, who chooses it.' }),
  })
  .openapi('Acceptance')

const role = z.enum(roleNames)
const shownOnce = 'It is shown this once.'

export const newUser = z.strictObject({ name: z.string().max(100), role, ...proven }).openapi('NewUser')

export const userChange = z
  .strictObject({
    role: role.optional(),
    isDisabled: z.boolean().optional(),
    proof: proof.optional().openapi({ description: 'Needed for another role, of who asks by a session.' }),
  })
  .openapi('UserChange')

export const userReset = z.strictObject(proven).openapi('UserReset')

const openId = z
  .discriminatedUnion('kind', [
    z.object({ kind: z.literal('awaited'), issuer: z.string(), claim: z.string(), name: z.string() }),
    z.object({ kind: z.literal('bound'), issuer: z.string(), subject: z.string() }),
  ])
  .openapi('OpenId', { description: 'Whom the provider has to name, so that it lets this user in.' })

export const user = z
  .object({
    name: z.string(),
    role,
    createdAt: time,
    isDisabled: z.boolean(),
    hasPassword: z.boolean().openapi({ description: 'Not before an invitation was taken up.' }),
    hasSecondFactor: z.boolean(),
    passkeys: z.array(passkey),
    openId: openId.optional(),
    lockedUntil: time.optional(),
    signedInAt: time.optional(),
  })
  .openapi('User')

export function userJson(known: User): z.infer<typeof user> {
  const { name, role: held, isDisabled, createdAt, lockedUntil, signedInAt } = known
  return {
    ...{ name, role: held, isDisabled, createdAt: createdAt.toISOString() },
    hasPassword: known.passwordHash !== undefined,
    hasSecondFactor: known.totp?.isConfirmed === true,
    passkeys: known.passkeys.map(passkeyJson),
    openId: known.openId && { ...known.openId },
    lockedUntil: lockedUntil?.toISOString(),
    signedInAt: signedInAt?.toISOString(),
  }
}

const invitation = { invitation: z.string().openapi({ description: shownOnce }), expiresAt: time }

export const invited = z.object(invitation).openapi('Invited')

export const invitedUser = z.object({ name: z.string(), role, ...invitation }).openapi('InvitedUser')

export const ownSession = z
  .object({
    user,
    permissions: z.array(z.enum(permissions)),
    expiresAt: time.openapi({ description: 'At the latest; one in which nothing is asked is over sooner.' }),
  })
  .openapi('OwnSession')

export function ownSessionJson({ user: known, pass }: Admitted): z.infer<typeof ownSession> {
  return {
    user: userJson(known),
    permissions: [...roles[known.role]],
    expiresAt: pass.expiresAt.toISOString(),
  }
}

export const session = z
  .object({
    id: z.uuid(),
    address: z.string(),
    program: z.string().openapi({ description: 'In its own words.' }),
    createdAt: time,
    seenAt: time,
    isThis: z.boolean(),
  })
  .openapi('Session')

export function sessionJson(pass: Pass, current: string): z.infer<typeof session> {
  const { id, address, name, createdAt, seenAt } = pass
  const times = { createdAt: createdAt.toISOString(), seenAt: seenAt.toISOString() }
  return { id, address, program: name, ...times, isThis: id === current }
}

export const newToken = z
  .strictObject({
    name: z.string().max(100),
    permissions: z.array(z.enum(permissions)).min(1).max(permissions.length),
    days: z.int().min(1).max(mostTokenDays).default(90),
    proof,
  })
  .openapi('NewToken')

const tokenShape = {
  name: z.string(),
  permissions: z.array(z.enum(permissions)),
  createdAt: time,
  expiresAt: time,
  usedAt: time.optional(),
}

export const token = z.object(tokenShape).openapi('Token')

export function tokenJson(pass: Pass): z.infer<typeof token> {
  const { name, permissions: held, createdAt, expiresAt, seenAt } = pass
  return {
    ...{
      name,
      permissions: [...held],
      createdAt: createdAt.toISOString(),
      expiresAt: expiresAt.toISOString(),
    },
    usedAt: seenAt > createdAt ? seenAt.toISOString() : undefined,
  }
}

export const createdToken = z
  .object({ ...tokenShape, token: z.string().openapi({ description: shownOnce }) })
  .openapi('CreatedToken')

export const totpBegun = z
  .object({ secret: z.string().openapi({ description: shownOnce }), uri: z.string() })
  .openapi('TotpBegun')
