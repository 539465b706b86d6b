import type { CifsSpec } from '../../ports/destination-spec.ts'
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
 * How a share is mounted (mount.cifs(8)).
 *
 * @param patienceSeconds after which a server that does not answer is given up
 * @throws RedomaError `USAGE` for what cannot be said safely
 */
export function cifsRequest(spec: CifsSpec, patienceSeconds: number): MountRequest {
  checkHost(spec.host)
  checkPort(spec.port)
  checkPart('share', spec.share)
  checkFolder(spec.folder)
  if (spec.seal && spec.version === '2.1') throw unfit('version, with encryption,', spec.version)
  const folder = spec.folder === '' ? '' : `/${spec.folder}`
  const shown = [
    ...[...harmless, `vers=${spec.version}`, 'soft'],
    ...(spec.seal ? ['seal'] : []),
    ...(spec.security === 'krb5' ? ['sec=krb5'] : []),
    ...(spec.port === undefined || spec.port === usualPort ? [] : [`port=${spec.port}`]),
  ]
  return {
    program: 'mount.cifs',
    package: 'cifs-utils',
    type: 'cifs',
    source: `//${spec.host}/${spec.share}${folder}`,
    options: [
      ...shown,
      ...(spec.security === 'ntlmssp' ? ['sec=ntlmssp'] : []),
      // Where the server has no owners to tell of, it is nobody else's.
      ...['file_mode=0600', 'dir_mode=0700'],
      // The kernel gives a server up after three of them without an answer.
      `echo_interval=${Math.max(1, Math.round(patienceSeconds / 3))}`,
    ],
    shown,
    needsCredential: spec.security === 'ntlmssp',
  }
}

const usualPort = 445
