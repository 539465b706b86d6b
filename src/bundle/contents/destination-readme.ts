/**
 * `secrets/README.txt` at a destination: lies beside the bundles, in the clear, for whoever finds them. Its commands are meant to be typed
 * as they stand; test/compat/readme.test.ts does so, in both languages.
 */
export const destinationReadme = `WHAT IS THIS?                                                          (em português: mais abaixo)

Copies made by Redoma, all of them encrypted. Nothing here can be read without the recovery key.

*Z-<number>.age                 bundles: every password, key and token of the instance. The highest number is the newest
identity.password.age           the recovery key; the master password opens it
identity.quorum.age             the same recovery key; the cards of several guardians open it together
identity.generation-N.*.age     recovery keys of before: a bundle of that time needs the one of its time, with the password
                                or the cards of that time
shares*.json                    which card belongs to which set; no secret
open.html                       opens bundles in a browser. One file, needs no network, sends nothing anywhere
open.mjs                        the same for Node.js (18 or later): one file, needs nothing else
../ledger.jsonl                 signed list of all that was ever put here, with the SHA-256 of each file
../system/                      system backups, in the format of restic; where there is none, a bundle says where they are
../recordings/                  recorded sessions

IN AN EMERGENCY

You need this folder, a machine that you trust, better without a network, and EITHER the master password OR the cards of as
many guardians as the cards say. There are three ways; take the first that works. None needs the instance or Redoma.

  1. A browser. Open open.html, drop this folder and ../ledger.jsonl into it, and do what it says.

  2. Node.js. In this folder:  node open.mjs   It takes the newest bundle and the identity file, asks for the password or the words
     of the cards, then searches, shows, and writes files for other programs (node open.mjs --help).

  3. Stock programs: age (https://age-encryption.org; the package age of most systems) and unzip. A recovery key of the profile
     pq needs age 1.3 or later. In a shell, in this folder; copy one line after the other:

[with the master password]

    D=$(mktemp -d /dev/shm/glass-XXXXXX)
    BUNDLE=$(ls *Z-*.age | sed 's/.*Z-\\([0-9]*\\)\\.age$/\\1 &/' | sort -n | tail -n 1 | cut -d ' ' -f 2)
    age -d -i identity.password.age -o "$D/bundle.zip" "$BUNDLE"
    unzip -q "$D/bundle.zip" -d "$D" && rm "$D/bundle.zip"
    grep -i router "$D/secrets.csv"

[end]

     D is a folder in memory that only you can read; where there is no /dev/shm, take one on an encrypted disk. age asks for the
     master password. Instead of router, write what you look for. Then read README.txt in that folder: it says what each file is,
     and how to restore system backups. When you are done:  rm -r "$D"

     With cards, a program that follows SLIP-39 first makes of their words the passphrase, 32 digits and letters. Any will do:
     the page https://iancoleman.io/slip39 saved to disk, "shamir recover" of https://github.com/trezor/python-shamir-mnemonic,
     or this, where npm install slip39@0.1.9 was done in the current folder. Write the words into a file, one card a line:

[with cards]

    node -e 'const lines = require("fs").readFileSync("cards.txt", "utf8").trim().split("\\n"); console.log(Buffer.from(require("slip39").recoverSecret(lines, "")).toString("hex"))'

[end]

     Then go on as above with identity.quorum.age instead of identity.password.age: age asks for a passphrase, and those 32
     digits and letters are it. Destroy cards.txt.

Only ever type a password or the words of a card into a program that you trust, on a machine that you trust. What sha256sum open.html
says must be on the card; a newer Redoma may have brought a newer file since, and then it is in no paper: go by stock age on a
machine that you trust. The fingerprint of the recipient that is shown must be the one on the card.
Afterwards every password that was in the bundle counts as seen: change them.


O QUE É ISTO?

Cópias feitas pelo Redoma, todas cifradas. Nada aqui pode ser lido sem a chave de recuperação.

*Z-<número>.age                 pacotes: todas as senhas, chaves e tokens da instância. O número mais alto é o mais novo
identity.password.age           a chave de recuperação; a senha mestra a abre
identity.quorum.age             a mesma chave; os cartões de vários guardiões, juntos, a abrem
identity.generation-N.*.age     chaves anteriores: um pacote daquele tempo precisa da chave do seu tempo, com a senha ou os
                                cartões daquele tempo
shares*.json                    que cartão pertence a que conjunto; nenhum segredo
open.html                       abre pacotes num navegador. Um só arquivo, sem rede, não envia nada a ninguém
open.mjs                        o mesmo para Node.js (18 ou mais novo): um só arquivo, sem mais nada
../ledger.jsonl                 lista assinada de tudo o que já foi posto aqui, com o SHA-256 de cada arquivo
../system/                      backups do sistema, no formato do restic; se não houver, um pacote diz onde estão
../recordings/                  sessões gravadas

NUMA EMERGÊNCIA

É preciso esta pasta, uma máquina em que você confia, de preferência sem rede, e OU a senha mestra OU os cartões de tantos guardiões
quantos os cartões dizem. Há três caminhos; use o primeiro que funcionar. Nenhum precisa da instância nem do Redoma.

  1. Um navegador. Abra open.html, solte nele esta pasta e ../ledger.jsonl, e siga o que ele diz.

  2. Node.js. Nesta pasta:  node open.mjs   Ele pega o pacote mais novo e o arquivo de identidade, pede a senha ou as palavras
     dos cartões, e então busca, mostra e grava arquivos para outros programas (node open.mjs --help).

  3. Programas comuns: age (https://age-encryption.org; o pacote age da maioria dos sistemas) e unzip. Uma chave do perfil pq
     precisa do age 1.3 ou mais novo. Num terminal, nesta pasta; copie uma linha depois da outra:

[com a senha mestra]

    D=$(mktemp -d /dev/shm/glass-XXXXXX)
    BUNDLE=$(ls *Z-*.age | sed 's/.*Z-\\([0-9]*\\)\\.age$/\\1 &/' | sort -n | tail -n 1 | cut -d ' ' -f 2)
    age -d -i identity.password.age -o "$D/bundle.zip" "$BUNDLE"
    unzip -q "$D/bundle.zip" -d "$D" && rm "$D/bundle.zip"
    grep -i router "$D/secrets.csv"

[fim]

     D é uma pasta na memória que só você pode ler; onde não houver /dev/shm, use uma num disco cifrado. O age pede a senha mestra.
     Em vez de router, escreva o que procura. Depois leia README.txt naquela pasta: diz o que é cada arquivo e como restaurar os
     backups do sistema. Ao terminar:  rm -r "$D"

     Com cartões, um programa que siga o SLIP-39 primeiro faz das palavras a frase secreta, 32 algarismos e letras. Qualquer um serve:
     a página https://iancoleman.io/slip39 salva em disco, "shamir recover" de https://github.com/trezor/python-shamir-mnemonic,
     ou isto, onde npm install slip39@0.1.9 foi feito na pasta atual. Escreva as palavras num arquivo, um cartão por linha:

[com cartões]

    node -e 'const lines = require("fs").readFileSync("cards.txt", "utf8").trim().split("\\n"); console.log(Buffer.from(require("slip39").recoverSecret(lines, "")).toString("hex"))'

[fim]

     Depois siga como acima com identity.quorum.age no lugar de identity.password.age: o age pede uma frase secreta, que são
     esses 32 algarismos e letras. Destrua cards.txt.

Digite a senha ou as palavras de um cartão só num programa e numa máquina em que você confia. O que sha256sum open.html diz tem de estar
no cartão; um Redoma mais novo pode ter trazido depois um arquivo mais novo, que não está em papel nenhum: use então o age de uma
máquina em que você confia. A impressão digital do destinatário que aparece tem de ser a do cartão.
Depois, toda senha que estava no pacote conta como vista: troque-as.
`

/** The same for the folder of a scope, two folders further down, which has bundles of a part of the vault. */
export function readmeIn(folder: string): string {
  const depth = folder.split('/').length - 1
  if (depth === 0) return destinationReadme
  const name = folder.slice(folder.lastIndexOf('/') + 1)
  const up = '../'.repeat(depth)
  return destinationReadme
    .replaceAll('../', `${up}../`)
    .replace(
      'every password, key and token of the instance.',
      `what the scope ${name} takes in, not the whole instance.`,
    )
    .replace(
      'todas as senhas, chaves e tokens da instância.',
      `o que é do escopo ${name}, não a instância toda.`,
    )
}
