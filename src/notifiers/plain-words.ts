import type { Notice } from '../ports/notice.ts'

/** More names of figures than this are nobody's. */
const mostFields = 32
const fieldName = /^[A-Za-z][A-Za-z0-9]{0,31}$/

/**
 * `text` in one line, without what could begin another line or header, steer a terminal or turn the direction of reading: names of
 * files and servers are other people's words.
 */
export function oneLine(text: string): string {
  return text.toWellFormed().replace(unwanted, ' ').trim()
}

const unwanted =
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]+/g

/** At most so many bytes of UTF-8, with `…` where something was left out. */
export function cut(text: string, bytes: number): string {
  if (Buffer.byteLength(text) <= bytes) return text
  const { read } = new TextEncoder().encodeInto(text, new Uint8Array(Math.max(bytes - 3, 0)))
  return `${text.slice(0, read)}…`
}

/** The notice with all its words in one line each, of so many bytes at most: what frames of all kinds are made of. */
export function plainNotice(notice: Notice, bytes: number): Notice {
  const plain = (text: string): string => cut(oneLine(text), bytes)
  const { instance, subject, title, text, hint, fields } = notice
  return {
    ...notice,
    instance: { id: plain(instance.id), name: plain(instance.name), host: plain(instance.host) },
    subject: plain(subject),
    title: plain(title),
    text: plain(text),
    hint: hint === undefined ? undefined : plain(hint),
    fields: Object.fromEntries(
      Object.entries(fields)
        .filter(([name]) => fieldName.test(name))
        .slice(0, mostFields)
        .map(([name, value]) => [name, typeof value === 'string' ? plain(value) : value]),
    ),
  }
}
