import { type ErrorCode, RedomaError } from '../../core/errors.ts'
import type { MountRequest } from './mount-request.ts'
import type { ProgramEnd } from './run-program.ts'

interface Meaning {
  readonly code: ErrorCode
  readonly message: string
  readonly hint: string
}

/** What the programs say, in the order in which it is looked for, and what it means. They end with the same status for nearly all. */
const meanings: readonly (readonly [RegExp, Meaning])[] = [
  [
    /could not resolve|failed to resolve|resource temporarily unavailable/i,
    {
      code: 'DESTINATION_UNREACHABLE',
      message: 'its host name is not known',
      hint: 'Look at the name, and at the name server of this machine.',
    },
  ],
  [
    /error\((126|127|128|129)\)|required key not available|key (has|was)|no kerberos/i,
    {
      code: 'DESTINATION_FORBIDDEN',
      message: 'there is no Kerberos ticket that it takes',
      hint: 'Root needs a valid ticket or a keytab (kinit, klist), and for CIFS the package keyutils.',
    },
  ],
  [
    /error\((13|1)\)|permission denied|access denied|operation not permitted/i,
    {
      code: 'DESTINATION_FORBIDDEN',
      message: 'it refuses this user or this machine',
      hint: 'CIFS: user, password, domain and the permissions of the share; NFS: the export’s list of hosts, and sec=. In a container: may it mount at all?',
    },
  ],
  [
    /error\((2|6)\)|no such file or directory|no such device or address/i,
    {
      code: 'DESTINATION_UNREACHABLE',
      message: 'there is no such share or export, or no such folder in it',
      hint: 'Look at its name at the server; Redoma does not make the folder.',
    },
  ],
  [
    /error\((95|22)\)|not supported|incorrect mount option|invalid argument/i,
    {
      code: 'DESTINATION_FAILED',
      message: 'the server does not speak this version of the protocol, or not with this security',
      hint: 'Look which versions the server has, and whether it can encrypt; with Kerberos, whether rpc.gssd runs (NFS), then change the destination.',
    },
  ],
  [
    /error\(79\)|cannot access a needed shared library/i,
    {
      code: 'DESTINATION_FAILED',
      message: 'the kernel cannot read UTF-8 for CIFS',
      hint: 'Install the kernel’s module nls_utf8 (Ubuntu: linux-modules-extra), or use a name and password in ASCII.',
    },
  ],
  [
    /error\(19\)|no such device|unknown filesystem type/i,
    {
      code: 'DESTINATION_FAILED',
      message: 'the kernel has no such file system',
      hint: 'The kernel needs the module cifs, or nfs; in a container, that of its host.',
    },
  ],
  [
    /error\((101|103|104|110|111|112|113|115|116)\)|refused|timed out|no route|unreachable|host is down|reset|in progress|stale/i,
    {
      code: 'DESTINATION_UNREACHABLE',
      message: 'the server does not answer',
      hint: 'Is it up, is its service running, and does a firewall let this machine through?',
    },
  ],
]

const unknown: Meaning = {
  code: 'DESTINATION_FAILED',
  message: 'it cannot be mounted',
  hint: 'The kernel log (dmesg) may say more.',
}

/** What became of mounting, in words of that destination. */
export function mountFailure(request: MountRequest, end: ProgramEnd): RedomaError {
  const { code, message, hint } = meaningOf(request, end)
  const complaint = end.complaint.replace(/ Refer to the mount\.\w+\(8\) manual page.*$/, '')
  const said = complaint === '' ? '' : ` (${complaint})`
  return new RedomaError(code, `${request.source}: ${message}${said}`, { hint })
}

function meaningOf({ program, package: from }: MountRequest, end: ProgramEnd): Meaning {
  switch (end.why) {
    case 'not-installed':
      return {
        code: 'DESTINATION_FAILED',
        message: `${program} is not installed`,
        hint: `apt install ${from}`,
      }
    case 'not-started':
      return { ...unknown, message: `${program} cannot be started` }
    case 'too-long':
      return {
        code: 'DESTINATION_UNREACHABLE',
        message: 'the server does not answer',
        hint: 'Is it up, and does a firewall let this machine through?',
      }
    case 'ended':
      return meanings.find(([pattern]) => pattern.test(end.complaint))?.[1] ?? unknown
  }
}
