import { fromBase64 } from '../../core/base64.ts'
import { equalBytes } from '../../core/bytes.ts'

/**
 * Whether an armored SSH signature names this key (`ssh-ed25519 AAAA…`) as its signer. It says nothing about whether the
 * signature is right: it tells a forged signature from one by somebody else.
 */
export function signedBy(publicKeyLine: string, armored: string): boolean {
  const base64 = armored.replace(/-----(?:BEGIN|END) SSH SIGNATURE-----|\s/g, '')
  const blob = fromBase64(base64)
  const key = fromBase64(publicKeyLine.split(' ')[1] ?? '')
  // PROTOCOL.sshsig: "SSHSIG", uint32 version, string publickey, …
  const keyAt = 'SSHSIG'.length + 4 + 4
  return key.length > 0 && equalBytes(blob.subarray(keyAt, keyAt + key.length), key)
}
