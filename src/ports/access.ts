/** What somebody may be allowed to do by the API. Each of its routes names the one that it needs. */
export const permissions = [
  /** See what there is: names, states, figures. */
  'list',
  /** See one thing with all that is known of it but its secrets, and the audit trail. */
  'view',
  'write',
  'delete',
  /** Begin and stop backups. */
  'run',
  'restore',
  'open-glass',
  'view-recordings',
  'manage-users',
] as const

export type Permission = (typeof permissions)[number]

/**
 * What a user may do, by what the user is there for. Nothing that an operator may do makes copies fewer; who looks at what others did
 * changes nothing; and who opens the glass needs no other power.
 */
export const roles = {
  administrator: permissions,
  operator: ['list', 'view', 'write', 'run', 'restore'],
  auditor: ['list', 'view', 'view-recordings'],
  guardian: ['list', 'view', 'open-glass'],
} as const satisfies Readonly<Record<string, readonly Permission[]>>

export type Role = keyof typeof roles

export const roleNames = Object.keys(roles) as [Role, ...Role[]]
