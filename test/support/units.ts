import { type Configured, needsOf, noNeeds } from '../../src/app/service/needs.ts'
import type { ServicePlan } from '../../src/app/service/plan.ts'
import { serviceUnit } from '../../src/app/service/unit.ts'

const plan = {
  program: '/opt/redoma/bin/redoma',
  home: '/var/lib/redoma',
  usualHome: '/var/lib/redoma',
  logFolder: '/var/log/redoma',
}

/** An instance that asks for everything that a service can be allowed. */
const everything: Configured = {
  isAppliance: false,
  restoreRoot: '/srv/restore',
  sources: [
    { spec: { kind: 'sqlite', path: '/srv/tickets/tickets.sqlite' } },
    {
      spec: {
        kind: 'postgresql',
        host: '/run/postgresql',
        user: 'postgres',
        accounts: true,
        runAs: 'postgres',
      },
    },
    { spec: { kind: 'recordings', path: '/var/tmp/recordings', settleSeconds: 60 } },
  ],
  destinations: [
    { name: 'disk', spec: { kind: 'local', path: '/mnt/50 % of it', mountPoint: '/mnt' } },
    {
      name: 'nas',
      spec: {
        ...{ kind: 'cifs', host: 'nas', share: 'backup', folder: '' },
        ...{ version: '3.1.1', seal: true, security: 'ntlmssp' },
      },
    },
    {
      name: 'export',
      spec: { kind: 'nfs', host: 'nas', export: '/srv', folder: '', version: '4.2', security: 'sys' },
    },
  ],
}

/** The plans of the units in `test/vectors/service`. */
export const plans: Readonly<Record<'least' | 'most' | 'user', ServicePlan>> = {
  least: { ...plan, needs: noNeeds },
  most: {
    ...plan,
    ...{ home: '/srv/redoma', logFolder: '/srv/redoma/log', hostName: 'pam-1' },
    ...{ nodeFolder: '/usr/local/node 24/bin', needs: needsOf(everything) },
  },
  user: {
    ...plan,
    ...{ user: 'redoma', logFolder: '/var/lib/redoma/log', needs: { ...noNeeds, writable: ['/mnt/backup'] } },
  },
}

export const unitNames = ['least', 'most', 'user'] as const

export function unitNamed(name: (typeof unitNames)[number], changes: Partial<ServicePlan> = {}): string {
  return serviceUnit({ ...plans[name], ...changes })
}
