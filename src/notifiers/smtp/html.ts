import type { Severity } from '../../ports/events.ts'
import type { Notice } from '../../ports/notice.ts'
import { digestTitle, headlineOf, linesOf, sourceOf } from '../for-people.ts'

/*
 * Mail for people's eyes: nothing in it is fetched, and other people's words are text, whatever stands in them.
 */

export function noticeHtml(notice: Notice): string {
  const figures = Object.entries(notice.fields).map(
    ([name, value]) =>
      `<tr><td style="${dim}padding-right:16px">${safe(name)}</td><td>${safe(String(value))}</td></tr>`,
  )
  const table =
    figures.length === 0 ? '' : `<table style="margin:12px 0;font-size:13px">${figures.join('')}</table>`
  return page(section(notice, table))
}

export function digestHtml(notices: readonly Notice[]): string {
  return page(
    `<h2 style="font-size:16px">${safe(digestTitle(notices))}</h2>${notices.map((one) => section(one, '')).join('')}`,
  )
}

function section(notice: Notice, more: string): string {
  const lines = linesOf(notice).map((line) => `<p style="margin:8px 0">${safe(line)}</p>`)
  const colour = notice.incident?.phase === 'closed' ? over : colours[notice.severity]
  return `<div style="border-left:4px solid ${colour};padding:2px 0 2px 14px;margin:0 0 20px"><p style="margin:0 0 8px;font-weight:bold;font-size:16px">${safe(headlineOf(notice))}</p>${lines.join('')}${more}<p style="${dim}font-size:12px;margin:8px 0 0">${safe(sourceOf(notice))}</p></div>`
}

function page(body: string): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"></head><body style="font-family:sans-serif;font-size:14px;line-height:1.45;color:#1c1c1c;max-width:640px">${body}</body></html>`
}

const dim = 'color:#5f6368;'
const over = '#1e7e34'
const colours: Readonly<Record<Severity, string>> = {
  info: '#4a6fa5',
  warning: '#b26a00',
  error: '#b3261e',
  critical: '#7f0000',
}

function safe(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}
