import type { EventName } from './events.ts'

/** What the figures of a notice mean. Names are as public as the numbers of events: only ever added. */
export const fieldMeanings = {
  address: 'Where it came from; of several, the last.',
  approval: 'The number under which a second person was asked.',
  aheadSeconds: 'How far the newest run is ahead of the clock.',
  by: 'Who did it, by the user name of the system.',
  channel: 'The name of the channel.',
  code: 'What failed, by its error code.',
  danger:
    'What kind of dangerous thing it is: recipient, copies, retention, restore-over, administrators or rules.',
  daysLeft: 'In how many days it will be full.',
  entries: 'How many lines the ledger, or entries the audit trail has.',
  findings: 'How many things a verification found wrong.',
  fingerprint: 'Of the recovery key that all is sealed to now: SHA-256 of its recipient.',
  formerFingerprint: 'Of the one before.',
  formerGeneration: 'The number of the one before.',
  freeBytes: 'What is free there.',
  generation: 'The number of the recovery key.',
  head: 'What is kept, and later given to `--head`.',
  job: 'What part of a backup it is about: secrets, system or recordings.',
  object: 'The bundle that was opened, by its name.',
  openedAt: 'When it was opened, as ISO 8601.',
  openedBy: 'Who opened it, as it was recorded.',
  parts: 'How many parts of the run it is about.',
  periodSeconds: 'How often it should have run.',
  plan: 'The name of the plan.',
  recordedBy: 'Who recorded the opening.',
  run: 'The number of the run.',
  sha256: 'Of the newest line of the ledger, lower-case hex.',
  since: 'Since when, as ISO 8601.',
  tookMs: 'How long a probe took.',
  totalBytes: 'What there is room for in all.',
  user: 'The user of the API that it is about.',
  until: 'Until when a second person can agree, as ISO 8601.',
  what: 'What is wrong with the ledger, in a word.',
} as const satisfies Readonly<Record<string, string>>

export type FieldName = keyof typeof fieldMeanings

const ofDestinations = ['code', 'tookMs', 'freeBytes', 'totalBytes', 'daysLeft'] as const
const ofRuns = ['job', 'parts', 'code', 'run'] as const

/** Which figures the notices of an event may have; not each has all. */
export const eventFields: Readonly<Record<EventName, readonly FieldName[]>> = {
  'destination-lost': ofDestinations,
  'destination-read-only': ofDestinations,
  'destination-slow': ofDestinations,
  'destination-nearly-full': ofDestinations,
  'destination-filling': ofDestinations,
  'backup-failed': ofRuns,
  'backup-late': ['plan', 'since', 'periodSeconds'],
  'backup-shrunken': ofRuns,
  'backup-empty': ofRuns,
  'source-unreadable': ofRuns,
  'backup-warned': ofRuns,
  'bundle-doubtful': ofRuns,
  'hook-owed': ['plan', 'run'],
  'verification-failed': [...ofRuns, 'findings'],
  'ledger-broken': ['what', 'findings'],
  'ledger-head': ['entries', 'head', 'sha256'],
  'audit-head': ['entries', 'head'],
  'guardian-reminded': [],
  'verification-late': ['since', 'periodSeconds', 'code'],
  'recipient-changed': ['generation', 'fingerprint', 'by', 'formerGeneration', 'formerFingerprint'],
  'ceremony-missing': [],
  'readiness-doubtful': ['generation'],
  'glass-opened': ['object', 'openedAt', 'openedBy', 'recordedBy'],
  'approval-asked': ['approval', 'danger', 'by', 'until'],
  'administrators-changed': ['user', 'by'],
  'host-key-changed': [...ofDestinations, 'job', 'parts'],
  'certificate-changed': [...ofDestinations, 'job', 'parts'],
  'clock-wrong': ['aheadSeconds', 'run'],
  'user-locked': ['user', 'address'],
  'channel-failing': ['channel', 'since'],
  test: ['channel', 'by'],
}
