import type { ServiceNeeds } from './needs.ts'
import type { Clause, ServicePlan } from './plan.ts'

/** What root may still do, and why; all else that root could is taken away, also from every program that it starts. */
export function capabilitiesOf({ user, needs }: ServicePlan): Clause[] {
  const clauses = capabilityReasons(needs)
  const names = [...new Set(clauses.flatMap(({ names: list }) => list))]
  return [
    ...clauses.map(({ names: list, why }) => ({ why: `${list.join(', ')}: ${why}`, lines: [] })),
    {
      lines: [
        `CapabilityBoundingSet=${names.join(' ')}`,
        ...(user === undefined ? [] : [`AmbientCapabilities=${names.join(' ')}`]),
        'NoNewPrivileges=yes',
      ],
    },
  ]
}

interface CapabilityReason {
  readonly names: readonly string[]
  readonly why: string
}

function capabilityReasons(needs: ServiceNeeds): CapabilityReason[] {
  const { mountsCifs, mountsNfs, runsAsOthers, writesWhereOthersOwn, restores } = needs
  const given = (wanted: boolean, why: string, ...names: readonly string[]): CapabilityReason[] =>
    wanted ? [{ names, why }] : []
  return [
    ...given(true, 'to read every file, whoever it belongs to.', 'CAP_DAC_READ_SEARCH'),
    ...given(mountsCifs || mountsNfs, 'to mount the shares that copies go to.', 'CAP_SYS_ADMIN'),
    ...given(mountsCifs, 'mount.cifs ends where it does not have it.', 'CAP_DAC_OVERRIDE'),
    ...given(mountsNfs, 'a port that NFS servers take requests of.', 'CAP_NET_BIND_SERVICE'),
    ...given(
      runsAsOthers,
      'to dump databases as the user whom the server knows, and to end that.',
      ...['CAP_SETUID', 'CAP_SETGID', 'CAP_KILL'],
    ),
    ...given(
      writesWhereOthersOwn,
      'to write in folders that others own, and to leave them what is made there.',
      ...['CAP_DAC_OVERRIDE', 'CAP_CHOWN'],
    ),
    ...given(
      restores,
      'to restore below the restore root, each file to its owner, with its mode and attributes.',
      ...['CAP_DAC_OVERRIDE', 'CAP_CHOWN', 'CAP_FOWNER', 'CAP_SETFCAP'],
    ),
  ]
}

/** The rest. What would hide files from the backup is left out, and named. */
export function sandboxOf({ needs }: ServicePlan): Clause[] {
  const { mountsCifs, mountsNfs, seesTemporaryFiles } = needs
  return [
    seesTemporaryFiles
      ? {
          lines: [
            '# No PrivateTmp=: a source or destination lies in /tmp or /var/tmp, or is looked for there.',
          ],
        }
      : {
          why: 'So /tmp and /var/tmp are no part of what it copies.',
          lines: ['PrivateTmp=yes'],
        },
    {
      why: 'Devices are no part of a backup; /dev/shm is the system’s, for passwords that programs read.',
      lines: ['PrivateDevices=yes'],
    },
    {
      why: 'What it mounts is seen by nobody else, and gone with it.',
      lines: ['PrivateMounts=yes'],
    },
    {
      why: 'Read, and not hidden: ProtectKernelModules= would leave /usr/lib/modules out of every backup without a word (its capability is taken away all the same), ProtectHome=yes the homes.',
      lines: [
        'ProtectHome=read-only',
        'ProtectKernelTunables=yes',
        'ProtectKernelLogs=yes',
        'ProtectControlGroups=yes',
      ],
    },
    {
      why: 'No ProtectProc=: whether another run lives is read in /proc; who is hidden would be taken for dead.',
      lines: ['ProtectClock=yes', 'ProtectHostname=yes'],
    },
    {
      why: 'Destinations, mail and log servers; netlink is how a process asks for its own addresses.',
      lines: ['RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK'],
    },
    {
      why: 'No MemoryDenyWriteExecute=: Node.js compiles as it runs.',
      lines: [
        'LockPersonality=yes',
        'RestrictNamespaces=yes',
        'RestrictRealtime=yes',
        'RestrictSUIDSGID=yes',
        'RemoveIPC=yes',
      ],
    },
    {
      why: 'Without open_by_handle_at and its like, with which who may read all files gets out of any folder.',
      lines: [
        'SystemCallArchitectures=native',
        `SystemCallFilter=@system-service${mountsCifs || mountsNfs ? ' mount umount2' : ''}`,
        'SystemCallErrorNumber=EPERM',
      ],
    },
    ...(mountsCifs || mountsNfs
      ? [{ why: 'What mount(8) notes of mounts.', lines: ['ReadWritePaths=-/run/mount'] }]
      : []),
  ]
}
