import { h } from '../element.ts'

/** A secret of one line, in which digits and signs can be told from letters, and 0 from O, at a glance. */
export function letters(text: string): HTMLElement {
  const parts = text.match(/[0-9]+|[\p{L}\p{M}]+|[^0-9\p{L}\p{M}]+/gu) ?? []
  return h('code', { class: 'letters' }, ...parts.map((part) => h('span', { class: kindOf(part) }, part)))
}

export function kindOf(part: string): string {
  if (/^[0-9]/.test(part)) return 'digit'
  return /^[\p{L}\p{M}]/u.test(part) ? 'letter' : 'sign'
}
