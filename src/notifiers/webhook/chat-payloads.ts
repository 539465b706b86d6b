import type { Severity } from '../../ports/events.ts'
import type { Notice } from '../../ports/notice.ts'
import { digestTitle, headlineOf, linesOf, sourceOf } from '../for-people.ts'
import { cut } from '../plain-words.ts'

/*
 * What chats take. Other people's words are plain text in all of it: no link, no mention, no picture comes of them.
 */

/** Of one message; the rest is counted. */
const mostNotices = 15

interface Told {
  readonly headline: string
  readonly lines: readonly string[]
  readonly source: string
}

function toldOf(notices: readonly Notice[]): Told[] {
  return notices
    .slice(0, mostNotices)
    .map((notice) => ({ headline: headlineOf(notice), lines: linesOf(notice), source: sourceOf(notice) }))
}

function moreThanTold(notices: readonly Notice[]): string[] {
  return notices.length > mostNotices ? [`And ${notices.length - mostNotices} more.`] : []
}

/** Of Slack's incoming webhooks; `text` is what notifications and programs that are like Slack show. */
export function slackPayload(notices: readonly Notice[]): object {
  const told = toldOf(notices)
  const more = moreThanTold(notices)
  const title = told.length === 1 ? [] : [digestTitle(notices)]
  const text = [
    ...title,
    ...told.flatMap(({ headline, lines, source }) => [headline, ...lines, source]),
    ...more,
  ]
  const plain = (words: string, bytes: number) => ({
    type: 'plain_text',
    text: cut(words, bytes),
    emoji: false,
  })
  return {
    text: text.map(withoutMarkup).join('\n'),
    blocks: [
      ...title.map((words) => ({ type: 'header', text: plain(words, 150) })),
      ...told.flatMap(({ headline, lines, source }) => [
        { type: title.length === 0 ? 'header' : 'section', text: plain(headline, 150) },
        { type: 'section', text: plain(lines.join('\n'), 2900) },
        { type: 'context', elements: [plain(source, 500)] },
      ]),
      ...more.map((words) => ({ type: 'section', text: plain(words, 150) })),
    ],
  }
}

/** Neither Slack's control sequences, nor Mattermost's links, pictures and mentions. */
function withoutMarkup(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('@', '@\u200b')
    .replaceAll('](', '] (')
}

/** An adaptive card, as the workflows of Teams take it; runs of text know no markdown. */
export function teamsPayload(notices: readonly Notice[]): object {
  const told = toldOf(notices)
  const title = told.length === 1 ? [] : [digestTitle(notices)]
  const body = [
    ...title.map((words) => run(words, { weight: 'bolder', size: 'large' })),
    ...told.flatMap(({ headline, lines, source }, index) => [
      run(headline, { weight: 'bolder', size: 'medium', color: colours[notices[index]?.severity ?? 'info'] }),
      ...lines.map((line) => run(line)),
      run(source, { isSubtle: true, size: 'small' }),
    ]),
    ...moreThanTold(notices).map((words) => run(words)),
  ]
  const content = {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.4',
    body,
  }
  return {
    type: 'message',
    attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', contentUrl: null, content }],
  }
}

function run(text: string, style: object = {}): object {
  return { type: 'RichTextBlock', inlines: [{ type: 'TextRun', text: cut(text, 1200), ...style }] }
}

const colours: Readonly<Record<Severity, string>> = {
  info: 'good',
  warning: 'warning',
  error: 'attention',
  critical: 'attention',
}

/** To be published as JSON, so that its words are no headers. */
export function ntfyPayload(topic: string, notices: readonly Notice[]): object {
  const told = toldOf(notices)
  const [only] = told
  const severities = notices.map(({ severity }) => severity)
  const worst = (['critical', 'error', 'warning'] as const).find((one) => severities.includes(one)) ?? 'info'
  const isOne = told.length === 1 && only !== undefined
  const lines = isOne
    ? [...only.lines, only.source]
    : [...told.flatMap(({ headline, lines: [text = ''] }) => [headline, text]), ...moreThanTold(notices)]
  return {
    topic,
    title: cut(isOne ? only.headline : digestTitle(notices), 250),
    // Longer ones become attachments there.
    message: cut(lines.join('\n'), 3900),
    priority: priorities[worst],
    tags: [worst],
  }
}

const priorities: Readonly<Record<Severity, number>> = { info: 2, warning: 3, error: 4, critical: 5 }
