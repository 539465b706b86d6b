import { readableFingerprint } from '../ceremony/wrap-identity.ts'
import type { BundleInput } from './bundle-input.ts'

/** `README.txt` in a bundle, for someone who has never seen one. */
export function bundleReadme(input: BundleInput): string {
  const { sequence, instance, time, generation, scope } = input
  const [title, titulo] = scope === undefined ? ['', ''] : [`, SCOPE ${scope}`, `, ESCOPO ${scope}`]
  const [what, oQue] = kept(scope)
  const [system, sistema] = systemLines(scope)
  return `BREAK-GLASS BUNDLE ${sequence} OF ${instance.name}${title}                           (em português: mais abaixo)
made ${time.toISOString()}

You are reading the content of an encrypted bundle: ${what}, in the clear.
Whoever has these files has all of it. Keep them off shared disks, mail and chat, and destroy them when you are done.

secrets.csv       one line a credential. Open it with a text editor, not with a spreadsheet program: a value that
                  begins with = + - or @ would be taken for a formula and be changed, or even run.
secrets.json      the same and more: former values with their times, custom fields, names of attachments
bitwarden.json    for import into Bitwarden, Vaultwarden, KeePassXC and others ("Bitwarden JSON, not encrypted")
attachments/      files that belong to credentials; manifest.json names the credential of each
${system}
manifest.json     what must be in this bundle, with the SHA-256 of every file, and what was left out and why
padding           zeros, so that the size of the encrypted file tells nothing; ignore it

A former value in secrets.json may be what an old system, restored from a backup, still accepts.
TOTP seeds work in any authenticator app, and in:  oathtool --totp -b SEED

To look something up without unpacking anything to the disk, with the identity file beside the bundle:
    node open.mjs BUNDLE.age          open.mjs lies beside the bundles; or open open.html in a browser
    redoma glass open BUNDLE.age      where Redoma is at hand

Sealed to the recovery key of generation ${generation.number}, fingerprint
    ${readableFingerprint(generation.fingerprint)}

Afterwards: change the passwords that were seen, and see to it that the instance makes backups again.


PACOTE DE EMERGÊNCIA ${sequence} DE ${instance.name}${titulo}

Isto é o conteúdo de um pacote cifrado: ${oQue}, às claras. Quem tem estes
arquivos tem tudo. Não os ponha em discos compartilhados, e-mail ou chat, e destrua-os ao terminar.

secrets.csv       uma linha por credencial. Abra com um editor de texto, não com uma planilha: um valor que começa com
                  = + - ou @ seria tomado por fórmula e alterado, ou até executado.
secrets.json      o mesmo e mais: valores anteriores com suas datas, campos próprios, nomes dos anexos
bitwarden.json    para importar no Bitwarden, Vaultwarden, KeePassXC e outros ("Bitwarden JSON, não cifrado")
attachments/      arquivos que pertencem a credenciais; manifest.json diz a qual
${sistema}
manifest.json     o que tem de estar neste pacote, com o SHA-256 de cada arquivo, e o que ficou de fora e por quê
padding           zeros, para que o tamanho do arquivo cifrado não diga nada; ignore

Um valor anterior em secrets.json pode ser o que um sistema antigo, restaurado de um backup, ainda aceita.
As sementes TOTP funcionam em qualquer aplicativo autenticador e em:  oathtool --totp -b SEMENTE

Para procurar algo sem gravar nada em disco, com o arquivo de identidade ao lado do pacote:
    node open.mjs PACOTE.age          open.mjs está ao lado dos pacotes; ou abra open.html num navegador
    redoma glass open PACOTE.age      onde houver o Redoma

Selado para a chave de recuperação da geração ${generation.number}, impressão digital
    ${readableFingerprint(generation.fingerprint)}

Depois: troque as senhas que foram vistas, e cuide para que a instância volte a fazer backups.
`
}

function kept(scope: string | undefined): readonly [string, string] {
  if (scope === undefined) {
    return [
      'every password, key and token that this instance kept',
      'todas as senhas, chaves e tokens que esta instância guardava',
    ]
  }
  return [`passwords, keys and tokens of the scope ${scope}`, `senhas, chaves e tokens do escopo ${scope}`]
}

/** A scope's bundle has nothing that opens more than itself. */
function systemLines(scope: string | undefined): readonly [string, string] {
  if (scope !== undefined) {
    return [
      'system/           who signs the ledger; what restores the instance is in the bundle of the whole vault alone',
      'system/           quem assina a lista; o que restaura a instância está só no pacote do cofre inteiro',
    ]
  }
  return [
    `system/           what it takes to restore the rest of the instance: begin with system/restore-instructions.txt, whose
                  commands are filled in and need nothing but the program restic`,
    `system/           o que é preciso para restaurar o resto da instância: comece por system/restore-instructions.txt, cujos
                  comandos estão preenchidos e só precisam do programa restic`,
  ]
}
