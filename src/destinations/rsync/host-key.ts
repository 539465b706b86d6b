import { createHash } from 'node:crypto'
import { RedomaError } from '../../core/errors.ts'
import { withoutLast } from '../../core/without-last.ts'

/** `ssh-ed25519 AAAA…`, as in `known_hosts` after the host; a comment is left out. @throws RedomaError `FORMAT_UNKNOWN` */
export function parseHostKey(text: string): string {
  const [type = '', base64 = ''] = text.trim().split(/\s+/)
  const blob = Buffer.from(base64, 'base64')
  const typeInside = blob.length < 4 ? '' : blob.subarray(4, 4 + blob.readUInt32BE(0)).toString()
  if (!/^[a-z0-9@.-]{1,64}$/.test(type) || typeInside !== type || blob.toString('base64') !== base64) {
    throw new RedomaError('FORMAT_UNKNOWN', `${JSON.stringify(text)} is not a public key of a host`, {
      hint: 'It looks like this: ssh-ed25519 AAAAC3Nz…; at the server: cat /etc/ssh/ssh_host_ed25519_key.pub',
    })
  }
  return `${type} ${base64}`
}

/** `SHA256:…`, as `ssh-keygen -l` shows it. */
export function fingerprintOf(publicKey: string): string {
  const [, base64 = ''] = publicKey.split(' ')
  const digest = createHash('sha256').update(Buffer.from(base64, 'base64')).digest('base64')
  return `SHA256:${withoutLast(digest, '=')}`
}
