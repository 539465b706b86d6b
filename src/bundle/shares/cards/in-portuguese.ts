import type { CardText } from './card-text.ts'
import type { ShareCard } from './share-card.ts'
import { groupsOfFour, lineToWriteOn } from './written.ts'

export function portuguese(card: ShareCard): CardText {
  const { instanceName } = card
  const wordCount = card.words.reveal().split(' ').length
  return {
    documentTitle: `${instanceName}: cartão ${card.number} de ${card.count}${card.generation === undefined ? '' : `, geração ${card.generation}`}`,
    kicker: 'Secreto: uma parte de uma chave de recuperação',
    title: `Cartão ${card.number} de ${card.count}`,
    facts: [
      { label: 'Guardião', value: card.guardian },
      { label: 'Abre as cópias de', value: instanceName },
      { label: 'São necessários', value: needed(card) },
      { label: 'Feito em', value: day(card.heldAt) },
      ...(card.generation === undefined ? [] : [{ label: 'Geração', value: String(card.generation) }]),
      { label: 'Conjunto', value: String(card.identifier) },
    ],
    wordsTitle: `As ${wordCount} palavras`,
    wordsNote: 'Nesta ordem. Maiúsculas não importam; bastam as quatro primeiras letras de cada palavra.',
    qrCaption: 'As mesmas palavras, para a câmera',
    what: {
      title: 'O que é isto',
      text: `As senhas de ${instanceName} são copiadas, cifradas, para lugares seguros. Uma chave de recuperação abre essas cópias, e este cartão é uma parte dessa chave. ${whatOpens(card)} Com menos, nada se abre e nada se descobre.`,
    },
    emergency: {
      title: 'Em uma emergência',
      steps: [
        `Tenha certeza de quem está chamando: ligue de volta para os responsáveis por ${instanceName}, em um número que você já conhece.`,
        'Reúnam-se em um só computador em que todos confiem, com a rede desligada. Abram nele o arquivo open.html guardado com o cartão de recuperação; um que esteja junto das cópias, só se o SHA-256 dele for o que está abaixo.',
        'Indiquem a cópia mais nova (o nome termina em .age) e o arquivo identity.quorum.age, ao lado dela.',
        'Digite você mesmo as suas palavras, ou mostre o código à câmera. Depois leve o cartão de volta.',
      ],
      otherwise:
        'Falta o open.html? O README.txt junto das cópias explica outro caminho, com programas livres.',
    },
    never: {
      title: 'Nunca',
      rules: [
        'Nunca fotografe, digitalize, copie nem envie este cartão, e nunca o leia ao telefone.',
        'Nunca digite as palavras em outro lugar que não o open.html ou o Redoma, em uma abertura ou em um exercício. Nenhum site e nenhum suporte precisa delas.',
        'Nunca entregue o cartão a outra pessoa, e nunca guarde dois cartões no mesmo lugar.',
      ],
    },
    lost: {
      title: 'Perdido, ou visto por alguém?',
      text: `Avise imediatamente os responsáveis por ${instanceName}: novos cartões serão feitos. Guarde este em lugar seco, trancado, em envelope fechado.`,
    },
    hashes: [
      {
        label:
          'Impressão digital da chave de recuperação: a mesma em todos os cartões, e como o Redoma a mostra',
        groups: groupsOfFour(card.fingerprint),
      },
      card.ledgerSigner === undefined
        ? {
            label:
              'Impressão digital de quem assina o registro: “redoma glass adopt” a mostra; escreva-a aqui',
            groups: lineToWriteOn,
          }
        : {
            label:
              'Impressão digital de quem assina o registro: tem de ser a que o programa de abertura mostra',
            groups: [card.ledgerSigner],
          },
      ...(card.openerSha256 === undefined
        ? []
        : [
            {
              label: 'SHA-256 do open.html: compare antes que alguém digite uma palavra',
              groups: groupsOfFour(card.openerSha256),
            },
          ]),
      ...(card.openMjsSha256 === undefined
        ? []
        : [{ label: 'SHA-256 do open.mjs, para o Node.js', groups: groupsOfFour(card.openMjsSha256) }]),
    ],
  }
}

function needed({ group, groupThreshold, groupCount }: ShareCard): string {
  const ofGroup = `${group.threshold} de ${group.count}`
  if (groupCount === 1) return `${ofGroup} cartões`
  return `${ofGroup} de “${group.name}”, ${groupThreshold} de ${groupCount} grupos`
}

function whatOpens({ group, groupThreshold, groupCount }: ShareCard): string {
  if (groupCount === 1) return `Quaisquer ${group.threshold} dos ${group.count} cartões, juntos, são a chave.`
  const others = `${groupThreshold} dos ${groupCount} grupos de guardiões, juntos, têm a chave`
  return `${others}; do grupo “${group.name}” são necessários ${group.threshold} dos seus ${group.count} cartões.`
}

/** 27/11/2026 */
function day(time: Date): string {
  const [year, month, dayOfMonth] = time.toISOString().slice(0, 10).split('-')
  return `${dayOfMonth ?? ''}/${month ?? ''}/${year ?? ''}`
}
