import type { PasswordSlips } from '../../../bundle/ceremony/find-slips.ts'

/** What the page says while a ceremony is held in it. */
export const ceremonyEnglish = {
  title: 'Hold a ceremony',
  enter: 'Hold a ceremony',
  enterLead: 'Nothing to open? A new recovery key can be made in this page, too.',
  lead: 'A recovery key is made in this page, on this device. Its secrets go on paper; only a public file goes to the instance.',
  before:
    'Hold it on a machine that all of you trust, with the network off, in a browser without extensions, and from an open.html whose SHA-256 was compared. Close the browser afterwards: a page can clear its screen and end its worker, and cannot promise that the browser forgets every copy in memory.',
  toOpening: 'Open a bundle instead',
  forWhom: 'What it is for',
  instance: 'Name of the instance',
  instanceHint: 'As redoma status says it; it stands on the cards.',
  instanceMissing: 'The name of the instance is needed: at most 200 letters, on one line.',
  profile: 'Kind of key',
  classic: 'Classic: opens with every age',
  pq: 'Against quantum computers: needs age 1.3 or later without this page',
  opens: 'What opens it',
  way: { password: 'Password', quorum: 'Guardians', both: 'Either' },
  wayHint: {
    password: 'Whoever has the master password opens everything, alone.',
    quorum: 'Guardians open it together, each with a card; nobody alone.',
    both: 'Guardians together, or the master password alone: keep it sealed, where no guardian has it.',
  },
  passwordWords: 'Length of the master password',
  passwordWordsOption: (words: number, bits: number): string => `${words} random words: ${bits} bits`,
  passwordMade:
    'It is made here. A password of your own can be given by redoma glass ceremony, which tells weak ones.',
  group: 'Name of the group',
  groupNumbered: (number: number): string => `Group ${number}`,
  needed: 'Needed',
  of: 'Cards',
  addGroup: 'Add a group',
  removeGroup: (number: number): string => `Remove group ${number}`,
  groupsNeeded: 'Groups needed',
  groupsNeededOption: (needed: number, all: number): string =>
    needed === all ? `all ${all}` : `${needed} of ${all}`,
  defaultGroup: 'guardians',
  groupNames: 'Each group needs a name of its own.',
  make: 'Make the key',
  making: 'The key',
  makingLead:
    'The key is made, wrapped, and used once, as it would be in an emergency. This takes up to half a minute, on purpose.',
  makingShort: 'Making the key',
  stop: 'Stop the ceremony',
  stopSure: 'Stop? The key is thrown away, and what is on paper by then opens nothing.',
  goOn: 'Go on',
  stopped:
    'The ceremony was stopped. Nothing of it is left in the page; destroy what was written or printed.',
  onPaper: 'On paper, and typed back',
  passwordTitle: 'The master password',
  cardTitle: (number: number, count: number, group: string | undefined): string =>
    `Card ${number} of ${count}${group === undefined ? '' : `, of ${group}`}`,
  readyPassword: 'It is shown once. Have paper and pen ready, and let nobody else see the screen.',
  readyCard:
    'For its guardian alone: let nobody else see the screen. Have paper and pen ready, or a printer.',
  guardian: 'Guardian (for the printed card; may be left empty)',
  show: 'Show it',
  shownPassword: 'Write it down: small letters, hyphens between the words.',
  shownCard: 'Write down all words with their numbers, and the number of the card; or print it.',
  print: 'Print the card',
  printHint:
    'Only on a printer at this machine: many keep what they print. Printing to a file would leave the words on a disk.',
  isOnPaper: 'It is on paper: clear the screen',
  typePassword: 'Now type it from the paper.',
  typeCard: 'Now its guardian types the words from the paper, or scans the printed code.',
  paperDecides: 'If the paper says otherwise, correct the paper.',
  compare: 'Compare',
  showAgain: 'Show it once more',
  slips(slips: PasswordSlips): string {
    switch (slips.kind) {
      case 'count':
        return `That is not it: it has ${slips.right} words with hyphens between them, and ${slips.typed} were typed.`
      case 'words': {
        const wrong = slips.words.map(({ position, typed }) => `word ${position} is not “${typed}”`)
        return `That is not it: ${wrong.join(', ')}. Look at the paper.`
      }
      case 'hyphens':
        return 'The words are right; but between them there are hyphens, and nothing else.'
    }
  },
  cardIsOther: (number: number): string => `That is card ${number}, and this one is another.`,
  cardIsForeign: 'That is a whole card, but none of this ceremony: it is on an older paper.',
  proven: (what: string): string => `${what}: on paper, and typed back.`,
  covered: 'Nobody seemed to be here: the screen was cleared.',
  done: 'The recovery key is made',
  doneLead:
    'It opened something in each of its ways, and all that opens it was typed back from paper. Nothing in these files is secret.',
  checkValue: 'Check value',
  checkValueHint:
    'redoma glass adopt asks for it. Take it to the instance on paper or on the saved recovery card, and not by the same way as recovery-key.json.',
  save: (name: string): string => `Save ${name}`,
  next: 'At the instance: redoma glass adopt recovery-key.json, then redoma glass drill. Keep the recovery card with this page, and not beside the cards or the password. The identity files go to the copies by themselves; save them only to keep them a second time.',
  close: 'End the ceremony',
  notSaved: 'recovery-key.json was not saved: without it the key that was made is lost.',
  ended: 'The ceremony is over. Close the browser now.',
}

export type CeremonyTexts = typeof ceremonyEnglish
