import { isIPv6 } from 'node:net'
import type { NfsSpec } from '../../ports/destination-spec.ts'
import {
  checkFolder,
  checkHost,
  checkPart,
  checkPort,
  harmless,
  type MountRequest,
  unfit,
} from './mount-request.ts'

/**
 * How an export is mounted (nfs(5)).
 *
 * @param patienceSeconds after which a server that does not answer is given up
 * @throws RedomaError `USAGE` for what cannot be said safely
 */
export function nfsRequest(spec: NfsSpec, patienceSeconds: number): MountRequest {
  checkHost(spec.host)
  checkPort(spec.port)
  checkExport(spec.export)
  checkFolder(spec.folder)
  const host = isIPv6(spec.host) ? `[${spec.host}]` : spec.host
  const shown = [
    ...[...harmless, `vers=${spec.version}`, `sec=${spec.security}`],
    // Not `soft`: then a server that does not answer would look like a disk that fails (EIO). Not `hard`, which waits for ever.
    'softerr',
    ...(spec.port === undefined || spec.port === usualPort ? [] : [`port=${spec.port}`]),
  ]
  return {
    program: 'mount.nfs',
    package: 'nfs-common',
    type: spec.version === '3' ? 'nfs' : 'nfs4',
    source: `${host}:${join(spec.export, spec.folder)}`,
    options: [
      ...shown,
      'proto=tcp',
      // A request is sent again after one, two and three times `timeo`, in tenths of a second, and then given up.
      ...[`timeo=${Math.max(1, Math.round((patienceSeconds * 10) / 6))}`, 'retrans=2'],
      // The program gives up with the kernel: the retry is ours.
      'retry=0',
      // Hosts that share a repository see each other's locks in seconds, not in a minute.
      ...['acdirmin=1', 'acdirmax=3'],
      // Redoma locks no files, so the daemons that version 3 has for it need not run.
      ...(spec.version === '3' ? ['nolock'] : []),
    ],
    shown,
    needsCredential: false,
  }
}

const usualPort = 2049

function checkExport(path: string): void {
  if (!path.startsWith('/')) throw unfit('export', path)
  if (path !== '/') for (const part of path.slice(1).split('/')) checkPart('export', part)
}

function join(path: string, folder: string): string {
  return folder === '' ? path : `${path === '/' ? '' : path}/${folder}`
}
