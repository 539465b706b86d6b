import type { Notice } from '../../src/ports/notice.ts'

/** A destination is lost, for the third time this year. */
export const lost: Notice = {
  id: 41,
  event: 'destination-lost',
  severity: 'critical',
  at: new Date('2026-11-28T08:15:30.123Z'),
  instance: { id: '0b1f4f5e-6f0a-4a53-9d0a-5b3f0f6e1c11', name: 'bastion', host: 'pam-1.example.com' },
  subject: 'nas',
  title: 'Destination nas is lost',
  text: 'It cannot be reached since 08:10: no route to host.',
  hint: 'See that the server is up: redoma destination probe nas',
  fields: { destination: 'nas', freeBytes: 1_234_567_890 },
  incident: { id: 7, phase: 'opened', openedAt: new Date('2026-11-28T08:15:30.000Z') },
}

export const found: Notice = {
  ...lost,
  id: 44,
  severity: 'info',
  at: new Date('2026-11-28T09:00:00.000Z'),
  title: 'Destination nas is back',
  text: 'It was lost for 45 minutes.',
  hint: undefined,
  incident: { id: 7, phase: 'closed', openedAt: new Date('2026-11-28T08:15:30.000Z') },
}

/** Everything that parts a frame, a header, a field or a word of any kind of channel. */
export const hostile =
  'a\r\nBcc: evil@example.com\r\n\r\n.\r\n<13>1 - - - - - - forged\n\0\u2028|b=c\t"d" \\ ] [e] <!channel> <b>f</b> &amp; {secret} ção \ud800 \u202eabc'

/** The same with these words wherever words stand. */
export function noticeOf(words: string, more: Partial<Notice> = {}): Notice {
  return {
    ...lost,
    instance: { ...lost.instance, name: words, host: words },
    subject: words,
    title: words,
    text: words,
    hint: words,
    fields: { words, [words]: 1 },
    ...more,
  }
}
