import type { ErrorCode } from '../../../core/errors.ts'
import type { Language } from '../../../core/language.ts'
import type { CredentialKind } from '../../../ports/credential.ts'
import type { FactName } from '../../protocol.ts'
import type { FileRole } from '../gate/recognise-file.ts'
import { ceremonyEnglish } from './ceremony-english.ts'

const whole = new Intl.NumberFormat('en')
const count = (number: number, one: string, many: string): string =>
  `${whole.format(number)} ${number === 1 ? one : many}`

const ordinals = new Intl.PluralRules('en', { type: 'ordinal' })
const suffixes: Partial<Record<Intl.LDMLPluralRule, string>> = { one: 'st', two: 'nd', few: 'rd' }
const ordinal = (number: number): string => `${number}${suffixes[ordinals.select(number)] ?? 'th'}`

const kinds: Record<CredentialKind, string> = {
  password: 'Password',
  'ssh-key': 'SSH key',
  'access-key': 'Access key',
  token: 'Token',
  database: 'Database login',
  note: 'Note',
}

const secrets: Record<CredentialKind, string> = {
  password: 'Password',
  'ssh-key': 'Private key',
  'access-key': 'Secret key',
  token: 'Token',
  database: 'Password',
  note: 'Text',
}

const facts: Record<FactName, string> = {
  user: 'User',
  host: 'Host',
  port: 'Port',
  url: 'Address',
  database: 'Database',
  folder: 'Folder',
  owner: 'Owner',
  created: 'Made',
  changed: 'Changed',
}

const roles: Record<FileRole, string> = {
  bundle: 'Bundle',
  'password-identity': 'Identity, by master password',
  'quorum-identity': 'Identity, by cards',
  'plain-identity': 'Identity, not protected',
  'share-list': 'List of cards',
  ledger: 'Ledger',
  drill: 'Drill',
  unknown: 'Not needed',
}

const errors: Partial<Record<ErrorCode, string>> = {
  DATA_DAMAGED:
    'The file is damaged: it was cut off, or altered. Take the copy from another destination, or the bundle before.',
  FORMAT_UNKNOWN: 'This is not a file that the page knows.',
  LIMIT_EXCEEDED:
    'The file asks for more memory or work than any of ours does. It is not one of ours, or was altered.',
  FILE_FAILED: 'The file cannot be read any more. Choose it again.',
  INTERNAL:
    'The page itself failed, perhaps for lack of memory. Close other tabs and try again, or use open.mjs or age (README.txt).',
}

/** All that the page says, and how it writes numbers and times. */
export const english = {
  language: 'en' as Language,
  name: 'English',
  kinds,
  secrets,
  facts,
  roles,
  errors,
  ceremony: ceremonyEnglish,
  count: (number: number): string => whole.format(number),
  bytes: (bytes: number): string =>
    bytes < 1024
      ? `${bytes} B`
      : bytes < 1024 ** 2
        ? `${Math.round(bytes / 1024)} KiB`
        : `${(bytes / 1024 ** 2).toFixed(1)} MiB`,
  time: (iso: string): string =>
    new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'short' }).format(new Date(iso)),
  day: (iso: string): string => new Intl.DateTimeFormat('en', { dateStyle: 'medium' }).format(new Date(iso)),
  ago: (amount: number, unit: Intl.RelativeTimeFormatUnit): string =>
    new Intl.RelativeTimeFormat('en', { numeric: 'always' }).format(-amount, unit),

  title: 'Open a bundle',
  lead: 'All of it happens in this page, on this device. Nothing is sent anywhere, and nothing is kept.',
  language_: 'Language',
  toDark: 'Dark',
  toLight: 'Light',
  appearance: 'Appearance',
  skip: 'To the main part',

  filesStep: 'The files',
  drop: 'Drop the bundle and the identity file here',
  dropMore: 'They lie side by side in the folder “secrets”. A ledger.jsonl can come too.',
  chooseFiles: 'Choose files',
  chooseFolder: 'Choose the folder',
  remove: (name: string): string => `Remove ${name}`,
  bundleMissing: 'Still needed: the bundle, a file whose name ends like -20261127T221000Z-42.age',
  identityMissing: 'Still needed: identity.password.age or identity.quorum.age, which lie beside the bundle',
  whichBundle: 'Which bundle',
  whichIdentity: 'Which identity',
  bundles: (number: number): string => count(number, 'bundle', 'bundles'),
  newest: (name: string): string => `newest: ${name}`,

  keyStep: 'The key',
  filesFirst: 'First the files, above.',
  byPassword: 'Master password',
  byCards: 'Cards',
  password: 'Master password',
  passwordHint: 'As it was written down at the ceremony, with its hyphens.',
  showPassword: 'Show the password',
  hidePassword: 'Hide the password',
  capsLock: 'Caps lock is on.',
  words: 'Words of a card',
  wordsHint:
    'Type or paste them in their order; the first four letters of each will do. A question mark stands for a word that cannot be read.',
  suggestions: 'Words that begin so',
  wordUnknown: (position: number, word: string): string =>
    `Word ${position}, “${word}”, is not in the list. Perhaps:`,
  card: (number: number, group: string): string => `Card ${number}, ${group}`,
  cardUnnamed: (number: number): string => `Card (the ${ordinal(number)} given)`,
  group: (number: number): string => `group ${number}`,
  cardsOf: (threshold: number, cards: number, group: string): string =>
    `${threshold} of the ${cards} cards of ${group}`,
  cardsNeeded: (each: readonly string[], groups: number): string =>
    each.length === groups
      ? `Needed: ${each.join(' and ')}.`
      : `Needed: ${each.join(', or ')}${groups === 1 ? '' : `; ${groups} of these`}.`,
  cardsAny: 'Begin with any card.',
  cardsEnough: 'These cards are enough.',
  cardTaken: (name: string): string => `${name}: taken.`,
  cardForged:
    'This card says that it is of this set, and the list of cards here does not have it. One of the two is not genuine: the card, or the list.',
  cardOther:
    'This card is of another set: of another instance, or of a ceremony that no shares.json here tells of.',
  cardOfGeneration: (number: number, group: string, generation: number): string =>
    `This is card ${number} of ${group}, of generation ${generation}: it belongs to another set, and opens the bundles of its time.`,
  cardsMissing: 'More cards are needed before it opens.',
  cardAgain: (name: string): string => `${name}, was taken already; take another.`,
  useCorrection: 'Correct it',
  takeAnyway: 'Take it all the same',
  scan: 'Scan a card',
  scanLead:
    'Hold the QR code of the card before the camera, or choose a picture of it, taken with a camera that is not a telephone: delete it afterwards. The picture stays in this page.',
  scanPicture: 'Choose a picture',
  scanNothing:
    'No QR code can be read in this picture. Take it from nearer, in better light, or type the words.',
  scanNoCamera:
    'No camera was found, or another program has it. Choose a picture, or close this and type the words.',
  scanRefused:
    'The browser keeps the camera from this page. Allow it there, where it shows the address of the page, and scan again; or choose a picture, or close this and type the words.',
  scanRunning: 'The camera is on.',
  derivingCards: 'Making the key of the cards. This takes some seconds, on purpose.',
  drillTitle: 'Answer a drill',
  drillStep: 'The drill',
  drillAbout: (instance: string, generation: number, until: string): string =>
    `Drill of ${instance}, generation ${generation}; answers count until ${until}.`,
  drillLead:
    'Enter your own card: it opens a question that is put to it alone, and no secret. To show that the whole key is there, add the identity file above.',
  drillCard: (card: number): string => `Card ${card} is good. Its answer:`,
  drillWhole: 'The whole key is there. The answer:',
  drillRead: 'Read it to whoever holds the drill, or send the file. It opens nothing.',
  drillNotAsked: 'Your card is not of this drill: it is from a former ceremony, or of another instance.',
  drillKeyNotAsked: 'Your key is not of this drill: it is from a former ceremony, or of another instance.',
  drillSave: 'Save the answer',
  noKey:
    'This identity file is not protected: no password is needed. Whoever had this copy may have put his own there.',
  open: 'Open',
  stop: 'Stop',
  deriving: 'Making the key of the password. This takes some seconds, on purpose.',
  reading: 'Reading the bundle …',
  derivingShort: 'Key',
  stopped: 'Stopped.',

  passwordWrong:
    'This password does not open the identity file. Look for capitals, hyphens and a missing word.',
  otherGeneration:
    'The key is right, but this bundle is sealed to another one. An older bundle needs the identity of its time, identity.generation-N.password.age, and the password of then.',
  keyWrong: 'This identity does not open the bundle.',
  details: 'Details',

  lockedIdle: 'Locked after five minutes without use. Everything that was open is gone from memory.',
  locked: 'Locked. Everything that was open is gone from memory.',
  lock: 'Lock',
  lockSoon: 'Nobody seems to be here: the page locks in half a minute.',
  stay: 'Stay open',

  bundleOf: (sequence: number, scope?: string): string =>
    scope === undefined ? `Bundle ${sequence}` : `Bundle ${sequence} of the scope ${scope}`,
  made: (ago: string): string => `made ${ago}`,
  old: 'This bundle is old. See whether there is a newer one.',
  generation: (number: number): string => `Generation ${number}`,
  fingerprint: 'Fingerprint of the recovery key',
  toCompare: 'Compare with your papers before you use anything of this: whoever made up a copy has others.',
  keyToCompare: 'Recovery key',
  doubted: (why: string): string =>
    `When it was made, its instance doubted it; look at the one before, too. ${why}`,
  keyPlain: 'No password and no card was needed: whoever had this copy may have made up all of it.',
  rewrapped: (made: number, now: number): string =>
    `It was sealed to generation ${made}, and rewrapped since: its key is of generation ${now}.`,
  fingerprintWrong:
    'The bundle names another recovery key than the one that opened it. Do not trust it before somebody has looked.',
  checking: 'Checking the rest …',
  checked: 'Every part checked',
  damaged: (number: number): string => `${count(number, 'part', 'parts')} damaged`,
  ledgerNone: 'Ledger not looked at',
  ledgerChecking: 'Reading the ledger …',
  ledgerGood: 'Ledger agrees',
  ledgerBad: 'Ledger disagrees',
  ledgerAdd: 'Choose ledger.jsonl',
  ledgerNewest: (newest: number): string => `There is a newer bundle: the ledger lists ${newest}.`,
  signerToCompare: 'Signer of the ledger',
  ledgerNotListed: 'The ledger does not list this bundle.',
  ledgerAltered: 'The ledger lists a bundle of this name with another content.',
  ledgerMissing:
    'A ledger tells whether this bundle was put there by its signer, and whether there is a newer one.',

  search: 'Search',
  searchHint: 'Title, user, host, folder, tag',
  results: (number: number): string =>
    number === 0 ? 'Nothing found' : count(number, 'credential', 'credentials'),
  resultsOf: (number: number, all: number): string =>
    `${whole.format(number)} of ${count(all, 'credential', 'credentials')}`,
  list: 'Credentials',
  nothingFound: 'Nothing found. Fewer letters find more; accents and capitals do not matter.',
  choose: 'Choose a credential to see it.',
  back: 'Back to the list',

  reveal: 'Show',
  conceal: 'Hide',
  hidden: 'hidden',
  large: 'Large',
  largeTitle: 'Letter by letter',
  capital: 'capital',
  copy: 'Copy',
  copyWhat: (what: string): string => `Copy ${what.toLowerCase()}`,
  revealWhat: (what: string): string => `Show ${what.toLowerCase()}`,
  concealWhat: (what: string): string => `Hide ${what.toLowerCase()}`,
  copied: (what: string): string => `${what} copied.`,
  clearsIn: (seconds: number): string => `Leaves the clipboard in ${seconds} s`,
  clearNow: 'Clear now',
  cleared: 'The clipboard was emptied.',
  clearsAtClick: 'Click or press a key here to empty the clipboard.',
  copyFailed: 'The browser did not let the page copy. Show it, and copy by hand.',
  code: 'One-time code',
  codeBad: 'The seed of the one-time code cannot be read.',
  codeSeconds: (seconds: number): string => `good for ${seconds} s`,
  seed: 'Seed of the one-time code',
  notes: 'Notes',
  tags: 'Tags',
  fields: 'More fields',
  attachments: 'Files',
  download: 'Save',
  saveWhat: (what: string): string => `Save ${what}`,
  history: (number: number): string => count(number, 'former value', 'former values'),
  historyHint: 'What an old system, restored from a backup, may still accept.',
  former: 'Former value',
  until: (time: string): string => `until ${time}`,

  about: 'About this bundle',
  save: 'Save and export',
  instance: 'Instance',
  madeAt: 'Made',
  contents: 'Holds',
  holds: (credentials: number, former: number, attachments: number): string =>
    `${count(credentials, 'credential', 'credentials')}, ${count(former, 'former value', 'former values')}, ${count(attachments, 'file', 'files')}`,
  integrity: 'Integrity',
  ledger: 'Ledger',
  leftOut: 'Left out',
  close: 'Close',
  exportLead:
    'These files hold every password, readable by anyone. Save them only where you would write a password down, and destroy them afterwards.',
  exportCsv: 'Table (CSV)',
  exportCsvHint: 'Open it with a text editor: a spreadsheet program changes values that begin with = + - @.',
  exportBitwarden: 'Bitwarden JSON',
  exportBitwardenHint: 'For Bitwarden, Vaultwarden, KeePassXC and others. Attachments are saved one by one.',
  exportKdbx: 'A KeePass file is made by the terminal opener: open.mjs, or redoma glass open.',
  filesInBundle: 'Files in the bundle',
  filesHint: 'How to restore the system is in system/restore-instructions.txt.',
  notPrinted: '[not printed]',
  printed: 'Secrets are not printed. Save or copy them instead.',
}

export type Texts = typeof english
