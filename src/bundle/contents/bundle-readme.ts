import { readableFingerprint } from '../ceremony/wrap-identity.ts'
import type { BundleInput } from './bundle-input.ts'

/** `README.txt` in a bundle, for someone who has never seen one. */
export function bundleReadme(input: BundleInput): string {
  return `BREAK-GLASS BUNDLE ${input.sequence} OF ${input.instance.name}
made ${input.time.toISOString()}

You are reading the content of an encrypted bundle: every password, key and token that this instance kept, in the clear.
Whoever has these files has all of it. Keep them off shared disks, mail and chat, and destroy them when you are done.

secrets.csv       one line a credential. Open it with a text editor, not with a spreadsheet program: a value that
                  begins with = + - or @ would be taken for a formula and be changed, or even run.
secrets.json      the same and more: former values with their times, custom fields, names of attachments
bitwarden.json    for import into Bitwarden, Vaultwarden, KeePassXC and others ("Bitwarden JSON, not encrypted")
attachments/      files that belong to credentials; manifest.json names the credential of each
system/           what it takes to restore the rest of the instance: begin with system/restore-instructions.txt
manifest.json     what must be in this bundle, with the SHA-256 of every file, and what was left out and why
padding           zeros, so that the size of the encrypted file tells nothing; ignore it

A former value in secrets.json may be what an old system, restored from a backup, still accepts.
TOTP seeds work in any authenticator app, and in:  oathtool --totp -b SEED

To look something up without unpacking anything to the disk:
    redoma glass open BUNDLE.age --identity identity.password.age --search TEXT

Sealed to the recovery key of generation ${input.generation.number}, fingerprint
    ${readableFingerprint(input.generation.fingerprint)}

Afterwards: change the passwords that were seen, and see to it that the instance makes backups again.
`
}
