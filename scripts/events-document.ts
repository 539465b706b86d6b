import { writeFileSync } from 'node:fs'
import { eventFields, type FieldName, fieldMeanings } from '../src/ports/event-fields.ts'
import { type EventName, events } from '../src/ports/events.ts'

/*
 * docs/operator/events.md, made from the code; `node scripts/events-document.ts` writes it, and a check compares it.
 */

if (import.meta.main) writeFileSync(new URL('../docs/operator/events.md', import.meta.url), eventsDocument())

export function eventsDocument(): string {
  return `# Events

What people and SIEMs are told of, and how machines read it. Numbers, names and fields are the same for ever; new ones are added. This page is made from the code
(\`node scripts/events-document.ts\`).

| number | event | severity | kind | means | fields |
| --- | --- | --- | --- | --- | --- |
${rows()}

An **incident** lasts: it is told when it is opened, when it gets worse, again while it lasts (a reminder), and when it is closed. All notices of one have its number. An **event** happened, and is told once.
The severity is what it is as a rule; a notice says what it is this time.

## Fields

Not each notice of an event has all of its fields.

| field | means |
| --- | --- |
${fieldRows()}

## As JSON

\`--syslog … --format json\`, and the body of \`--webhook … --preset json\`: one object, \`"schema": "redoma-notice/1"\`.

| member | holds |
| --- | --- |
| \`id\` | the number of the notice: the same when it is sent twice |
| \`event\`, \`eventId\` | name and number, as above |
| \`severity\` | \`info\`, \`warning\`, \`error\`, \`critical\` |
| \`at\` | when it happened, ISO 8601 in UTC |
| \`instance\` | \`id\` (a UUID), \`name\`, \`host\` |
| \`subject\` | what it is about, by its name: a destination, a source, a plan |
| \`title\`, \`text\`, \`hint\` | what happened; what can be done about it |
| \`fields\` | as above |
| \`incident\` | of incidents: \`id\`, \`phase\` (\`opened\`, \`worsened\`, \`reminder\`, \`closed\`), \`openedAt\` |

## In syslog

RFC 5424. Facility \`daemon\` unless \`--facility\` says another; severity 2 of \`critical\`, 3 of \`error\`, 4 of \`warning\`, 6 of \`info\`; APP-NAME \`redoma\`; MSGID is the name of the event.
All words are in one line; a message is cut to 2 KiB by UDP, 8 KiB by TCP and TLS, the longest words first.

**Structured** (\`--format structured\`): \`origin\`, \`meta\` (\`sequenceId\` is the number of the notice), \`redoma@32473\` with \`eventId\`, \`event\`, \`severity\`, \`instance\`, \`instanceId\`, \`subject\`, \`hint\`, \`incident\`, \`phase\`, \`openedAt\`, and
\`redomaFields@32473\` with the fields. (32473 is the IANA's number for those who have none.)

**CEF** (\`--format cef\`), version 0: vendor and product \`Redoma\`, the class is the number of the event, the name what it means. Severity 2, 5, 8, 10.

| key | holds |
| --- | --- |
| \`rt\`, \`start\` | when it happened; when the incident was opened; milliseconds since 1970 |
| \`externalId\` | the number of the notice |
| \`cat\` | the name of the event |
| \`msg\` | title and text |
| \`act\`, \`cn1\` | phase and number of the incident |
| \`cs1\`, \`cs2\`, \`cs3\` | subject, instance, hint |
| \`dvchost\`, \`deviceExternalId\` | host and id of the instance |
| \`redomaFreeBytes\` … | the fields, with \`redoma\` before their names |

**LEEF** (\`--format leef\`), version 2.0, parted by tabs: \`cat\`, \`devTime\`, \`sev\` (as in CEF), \`identHostName\`, \`resource\` (the subject), \`noticeId\`, \`title\`, \`msg\`, \`instance\`, \`instanceId\`, \`subject\`, \`hint\`, \`incident\`, \`phase\`,
\`openedAt\`, and the fields as in CEF.

## Signed webhooks

With a credential, \`--preset json\` is signed: \`Redoma-Timestamp\` is the time in seconds since 1970, and \`Redoma-Signature\` is \`v1=\` and HMAC-SHA-256, in hex, under the secret of the credential, over the time, a full stop and the body.
Refuse what is older than a few minutes, and an \`id\` that you have had:

    printf '%s.%s' "$timestamp" "$body" | openssl dgst -sha256 -hmac "$secret"
`
}

function rows(): string {
  const names = Object.keys(events) as EventName[]
  return names
    .map((name) => {
      const { id, severity, nature, meaning } = events[name]
      const fields = eventFields[name].map((field) => `\`${field}\``).join(', ')
      return `| ${id} | \`${name}\` | ${severity} | ${nature} | ${meaning} | ${fields} |`
    })
    .join('\n')
}

function fieldRows(): string {
  const names = Object.keys(fieldMeanings) as FieldName[]
  return names.map((name) => `| \`${name}\` | ${fieldMeanings[name]} |`).join('\n')
}
