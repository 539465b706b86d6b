import type { CardText } from './card-text.ts'
import type { ShareCard } from './share-card.ts'
import { groupsOfFour, isoDay, lineToWriteOn } from './written.ts'

export function english(card: ShareCard): CardText {
  const { instanceName } = card
  const wordCount = card.words.reveal().split(' ').length
  return {
    documentTitle: `${instanceName}: card ${card.number} of ${card.count}${card.generation === undefined ? '' : `, generation ${card.generation}`}`,
    kicker: 'Secret: one part of a recovery key',
    title: `Card ${card.number} of ${card.count}`,
    facts: [
      { label: 'Guardian', value: card.guardian },
      { label: 'Opens the copies of', value: instanceName },
      { label: 'Needed', value: needed(card) },
      { label: 'Made on', value: isoDay(card.heldAt) },
      ...(card.generation === undefined ? [] : [{ label: 'Generation', value: String(card.generation) }]),
      { label: 'Set', value: String(card.identifier) },
    ],
    wordsTitle: `The ${wordCount} words`,
    wordsNote: 'In this order. Capitals do not matter; the first four letters of each word are enough.',
    qrCaption: 'The same words, for a camera',
    what: {
      title: 'What this is',
      text: `The passwords of ${instanceName} are copied, encrypted, to safe places. A recovery key opens these copies, and this card is one part of that key. ${whatOpens(card)} Fewer open nothing, and tell nothing.`,
    },
    emergency: {
      title: 'In an emergency',
      steps: [
        `Make sure who is calling: call back those in charge of ${instanceName}, at a number that you already know.`,
        'Meet at one computer that all of you trust, with its network switched off. Open on it the file open.html that is kept with the recovery card; one from beside the copies only if its SHA-256 is the one below.',
        'Give it the newest copy (its name ends in .age) and the file identity.quorum.age beside it.',
        'Type your words yourself, or hold the code to the camera. Then take your card with you again.',
      ],
      otherwise: 'No open.html? README.txt beside the copies tells another way, with free programs.',
    },
    never: {
      title: 'Never',
      rules: [
        'Never photograph, scan, copy or send this card, and never read it out on the telephone.',
        'Never type the words in anywhere but in open.html or Redoma, at an opening or a drill. No web site and no support needs them.',
        'Never give the card away, and never keep two of them in one place.',
      ],
    },
    lost: {
      title: 'Lost, or seen by somebody?',
      text: `Tell those in charge of ${instanceName} at once: new cards will be made. Keep this one dry, locked up, in a closed envelope.`,
    },
    hashes: [
      {
        label: 'Fingerprint of the recovery key: the same on all cards, and as Redoma shows it',
        groups: groupsOfFour(card.fingerprint),
      },
      card.ledgerSigner === undefined
        ? {
            label: 'Fingerprint of the ledger’s signer: “redoma glass adopt” shows it; write it here',
            groups: lineToWriteOn,
          }
        : {
            label: 'Fingerprint of the ledger’s signer: must be the one that the opener shows',
            groups: [card.ledgerSigner],
          },
      ...(card.openerSha256 === undefined
        ? []
        : [
            {
              label: 'SHA-256 of open.html: compare it before anybody types a word',
              groups: groupsOfFour(card.openerSha256),
            },
          ]),
      ...(card.openMjsSha256 === undefined
        ? []
        : [{ label: 'SHA-256 of open.mjs, for Node.js', groups: groupsOfFour(card.openMjsSha256) }]),
    ],
  }
}

function needed({ group, groupThreshold, groupCount }: ShareCard): string {
  const ofGroup = `${group.threshold} of ${group.count}`
  if (groupCount === 1) return `${ofGroup} cards`
  return `${ofGroup} of “${group.name}”, ${groupThreshold} of ${groupCount} groups`
}

function whatOpens({ group, groupThreshold, groupCount }: ShareCard): string {
  if (groupCount === 1) return `Any ${group.threshold} of the ${group.count} cards together are the key.`
  const others = `${groupThreshold} of the ${groupCount} groups of guardians together have the key`
  return `${others}; of the group “${group.name}” that takes ${group.threshold} of its ${group.count} cards.`
}
