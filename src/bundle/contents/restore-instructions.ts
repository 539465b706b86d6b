import type { BundleInput, RepositoryAccess } from './bundle-input.ts'
import { quoted, wayToRepository } from './way-to-repository.ts'

/**
 * `system/restore-instructions.txt`: from this bundle to the whole instance, with nothing but stock programs. The commands of the
 * destinations are for any POSIX shell, and stand once, for both languages.
 */
export function restoreInstructions(input: BundleInput): string {
  const { instance, repositories } = input
  return `TO RESTORE ${instance.name} with the stock program restic (https://restic.net, 0.14 or later)         (em português: mais abaixo)

System backups are in restic's own format, one repository at each destination. Take one destination; type its commands as they
stand, with a folder of yours instead of /some/new/folder. Files come out below it under the paths that they had:
/some/new/folder/etc/hosts. They are for where the destination was. Of a copy that is somewhere else (a disk, a stick), write
that place instead, with what comes after the destination's own folder: RESTIC_REPOSITORY='/media/usb/system'. A repository
that cannot be written to wants --no-lock after restic.

${repositories.map((access) => forRepository(access, input)).join('\n')}
To rebuild the instance itself, as root, in the folder in which the bundle was unpacked:

1. Install Redoma on a new machine, of the same version or a newer one.
2. Restore the snapshot of the source instance as above. Redoma's own catalogue is in it, deep in the folder that it was copied
   from (…/run/instance/), beside environment.json, which lists packages, mounts and services of the old machine.
3. Put the catalogue, and the key that its secrets are sealed with, into a new instance's folder:

${rebuilding('/some/new/folder')}
4. Run: redoma backup create     (it goes on where the lost instance ended, and says what that one did last)
   Then: redoma backup verify

To check a destination's ledger, which tells what was ever put there (in bash):

${checking(instance.id)}

PARA RESTAURAR ${instance.name} com o programa comum restic (https://restic.net, 0.14 ou mais novo)

Os backups do sistema estão no formato do próprio restic, um repositório em cada destino. Escolha um destino; os comandos de cada um
estão acima, depois de "Destination". Digite-os como estão, com uma pasta sua em vez de /some/new/folder. Os arquivos saem dentro
dela com os caminhos que tinham: /some/new/folder/etc/hosts. Valem para o lugar em que o destino estava. De uma cópia que está em
outro lugar (um disco, um pendrive), escreva esse lugar, com o que vem depois da pasta do destino:
RESTIC_REPOSITORY='/media/usb/system'. Um repositório em que não se pode gravar pede --no-lock depois de restic.

Para reconstruir a própria instância, como root, na pasta em que o pacote foi aberto:

1. Instale o Redoma numa máquina nova, na mesma versão ou numa mais nova.
2. Restaure o snapshot da fonte "instance" como acima. Nele está o catálogo do Redoma, no fundo da pasta de onde foi copiado
   (…/run/instance/), ao lado de environment.json, que lista pacotes, montagens e serviços da máquina antiga.
3. Ponha o catálogo, e a chave com que os segredos dele estão selados, na pasta de uma instância nova:

${rebuilding('/some/new/folder')}
4. Execute: redoma backup create     (continua de onde a instância perdida parou, e diz o que ela fez por último)
   Depois: redoma backup verify

Para conferir o registro de um destino, que diz tudo o que já foi posto lá (em bash):

${checking(instance.id)}
`
}

function rebuilding(restored: string): string {
  return `    export REDOMA_HOME=/var/lib/redoma
    install -d -m 700 "$REDOMA_HOME"
    install -m 600 "$(find ${restored} -path '*/run/instance/catalogue.sqlite')" "$REDOMA_HOME/catalogue.sqlite"
    (umask 077; xxd -r -p system/instance.key > "$REDOMA_HOME/instance.key")
`
}

function checking(instanceId: string): string {
  return `    head -n -1 ledger.jsonl | ssh-keygen -Y verify -f system/allowed_signers -I ${instanceId} \\
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
  return `Destination ${destination} (the snapshots of host ${host}):

${lines.map((line) => `    ${line}\n`).join('')}`
}
