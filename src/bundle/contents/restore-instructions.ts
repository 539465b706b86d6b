import type { BundleInput, RepositoryAccess } from './bundle-input.ts'
import { quoted, wayToRepository } from './way-to-repository.ts'

/** `system/restore-instructions.txt`: from this bundle to the whole instance, with nothing but stock programs. */
export function restoreInstructions(input: BundleInput): string {
  return `TO RESTORE ${input.instance.name} with the stock program restic (https://restic.net, 0.14 or later)

System backups are in restic's own format, one repository at each destination.

${input.repositories.map((access) => forRepository(access, input)).join('\n')}
To rebuild the instance itself:

1. Install Redoma on a new machine.
2. Restore the latest snapshot of the source instance as above. Redoma's own catalogue is in it (catalogue.sqlite); put
   it into the new instance's folder (REDOMA_HOME).
3. The catalogue's secrets are sealed with the instance's key. Put it there, too:
       (umask 077; xxd -r -p system/instance.key > "$REDOMA_HOME/instance.key")
4. Run: redoma backup verify

To check a destination's ledger, which tells what was ever put there:

    head -n -1 ledger.jsonl | ssh-keygen -Y verify -f system/allowed_signers -I ${input.instance.id} \\
      -n redoma-ledger -s <(tail -n 1 ledger.jsonl | sed 's/.*"signature":"\\([^"]*\\)".*/\\1/; s/\\\\n/\\n/g')
`
}

/** Each source has snapshots of its own: the newest of all would be that of whichever came last. */
function forRepository(access: RepositoryAccess, { records, systemSources = [] }: BundleInput): string {
  const { destination, host, password } = access
  const { before, repository } = wayToRepository(access, records)
  const whose = ` --host ${quoted(host)}`
  const lines = [
    ...before,
    `export RESTIC_REPOSITORY=${quoted(repository)}`,
    `export RESTIC_PASSWORD=${quoted(password.reveal())}`,
    `restic snapshots${whose}`,
    ...[...systemSources, 'instance'].map(
      (source) =>
        `restic restore latest${whose} --tag ${quoted(`source:${source}`)} --target /some/new/folder`,
    ),
  ]
  return `Destination ${destination} (other hosts may have snapshots there, too):

${lines.map((line) => `    ${line}\n`).join('')}`
}
