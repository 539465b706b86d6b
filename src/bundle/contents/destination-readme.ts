/** `secrets/README.txt` at a destination: lies beside the bundles, in the clear, for whoever finds them. */
export const destinationReadme = `WHAT IS THIS?

Copies made by Redoma, all of them encrypted. Nothing here can be read without the recovery key.

secrets/*-<time>-<number>.age             bundles of credentials; the highest number is the newest
secrets/identity.password.age             the recovery key, wrapped by the master password
secrets/identity.generation-N.password.age  recovery keys of before; bundles of that time need theirs
recordings/                               recorded sessions
system/                                   system backups, in the format of restic (https://restic.net); where there is none,
                                          a bundle says where they are
ledger.jsonl                              signed list of all that was ever put here

IN AN EMERGENCY, on any machine, with the program age (https://age-encryption.org) and the master password:

    age -d -i identity.password.age -o bundle.zip BUNDLE.age
    umask 077; unzip bundle.zip -d bundle

Then read bundle/README.txt. It says how to restore system backups, too; their passwords are in the bundle.
Only ever type the master password into a program you trust, on a machine you trust. Compare the recipient's fingerprint
in bundle/README.txt with the one on the recovery card.
`
