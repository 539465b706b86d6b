/** How bad it is, from best to worst. */
export const severities = ['info', 'warning', 'error', 'critical'] as const
export type Severity = (typeof severities)[number]

interface EventEntry {
  /** Public, and the same for ever: rules of a SIEM refer to it. Numbers are only ever added. */
  readonly id: number
  /** What it is as a rule; one that turns out milder or worse says so. */
  readonly severity: Severity
  /** `incident`: it lasts, is told when it begins and when it is over. `event`: it happened. */
  readonly nature: 'incident' | 'event'
  /** One sentence for `docs/operator/events.md`. */
  readonly meaning: string
}

/** All that people and machines outside are told of. */
export const events = {
  'destination-lost': entry(101, 'critical', 'incident', 'A destination cannot be reached, or hangs.'),
  'destination-read-only': entry(102, 'error', 'incident', 'A destination can be read, and not written to.'),
  'destination-slow': entry(103, 'warning', 'incident', 'A destination answers far more slowly than it did.'),
  'destination-nearly-full': entry(104, 'error', 'incident', 'A destination has next to no room left.'),
  'destination-filling': entry(
    105,
    'warning',
    'incident',
    'A destination will be full within days, if it goes on as it did.',
  ),
  'backup-failed': entry(201, 'error', 'incident', 'A plan’s last run failed, or died.'),
  'backup-late': entry(
    202,
    'error',
    'incident',
    'No run of a plan has succeeded for longer than its period.',
  ),
  'backup-shrunken': entry(
    203,
    'error',
    'incident',
    'A bundle holds far fewer credentials than the one before.',
  ),
  'backup-empty': entry(204, 'error', 'incident', 'A source that held something is empty.'),
  'source-unreadable': entry(205, 'error', 'incident', 'Something that should be copied cannot be read.'),
  'backup-warned': entry(206, 'warning', 'incident', 'A plan’s last run was done with warnings.'),
  'bundle-doubtful': entry(
    207,
    'error',
    'incident',
    'The newest bundle was not published, or wants to be looked at.',
  ),
  'hook-owed': entry(
    208,
    'critical',
    'incident',
    'A run died between its hooks, and the hook after it has failed since: what was quiesced may still stand still.',
  ),
  'verification-failed': entry(
    301,
    'critical',
    'incident',
    'What was read back is not what was written, or what was put there is gone.',
  ),
  'ledger-broken': entry(
    302,
    'critical',
    'incident',
    'The ledger of a destination was altered, cut or rolled back, and was not verified good since.',
  ),
  'verification-late': entry(
    303,
    'warning',
    'incident',
    'Nobody has read back what lies at a destination for longer than the schedule says.',
  ),
  'ledger-head': entry(
    304,
    'info',
    'event',
    'The newest line of a ledger, for whoever keeps it as a witness; told over each channel, however mild.',
  ),
  'audit-head': entry(305, 'info', 'event', 'The newest entry of the audit trail, for the same.'),
  'recipient-changed': entry(
    401,
    'critical',
    'event',
    'All that is sealed from now on is sealed to another recovery key.',
  ),
  'ceremony-missing': entry(402, 'error', 'incident', 'There is no recovery key: nothing can be sealed.'),
  'readiness-doubtful': entry(
    403,
    'warning',
    'incident',
    'Whether people could open the glass is in doubt: the quorum is thin, or a drill overdue.',
  ),
  'guardian-reminded': entry(
    404,
    'info',
    'event',
    'A guardian whose drill is overdue is reminded, by a mail to this guardian alone.',
  ),
  'glass-opened': entry(405, 'critical', 'event', 'A bundle was opened for real.'),
  'approval-asked': entry(
    406,
    'warning',
    'event',
    'Somebody is about to do something dangerous, and asks a second person to agree.',
  ),
  'administrators-changed': entry(
    407,
    'critical',
    'event',
    'Somebody became an administrator, is none any more, or gets a new password.',
  ),
  'host-key-changed': entry(
    501,
    'critical',
    'incident',
    'A server shows another host key than the one pinned.',
  ),
  'certificate-changed': entry(
    502,
    'critical',
    'incident',
    'A server shows a certificate that is not trusted, has run out, or is of another name: where copies go over HTTPS.',
  ),
  'clock-wrong': entry(503, 'error', 'incident', 'The clock of the instance was set back, or is far off.'),
  'certificate-expiring': entry(
    504,
    'warning',
    'incident',
    'A certificate expires before long, or has expired: of the API, or of a server that is spoken to; critical in its last week.',
  ),
  'user-locked': entry(
    601,
    'warning',
    'event',
    'Sign-ins of a user have failed so often that the user waits: somebody may be guessing.',
  ),
  'channel-failing': entry(
    701,
    'error',
    'incident',
    'A channel has not taken what it should tell for over an hour; told over the others.',
  ),
  test: entry(900, 'info', 'event', 'Somebody asked whether notices arrive.'),
} as const satisfies Readonly<Record<string, EventEntry>>

export type EventName = keyof typeof events
/** What lasts. */
export type IncidentKind = {
  [Name in EventName]: (typeof events)[Name]['nature'] extends 'incident' ? Name : never
}[EventName]
export function isIncidentKind(name: string): name is IncidentKind {
  return Object.hasOwn(events, name) && events[name as EventName].nature === 'incident'
}

function entry<Nature extends EventEntry['nature']>(
  id: number,
  severity: Severity,
  nature: Nature,
  meaning: string,
): EventEntry & { readonly nature: Nature } {
  return { id, severity, nature, meaning }
}
