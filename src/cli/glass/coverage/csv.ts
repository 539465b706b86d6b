/**
 * One row of a CSV file (RFC 4180, every field quoted) that is meant for a spreadsheet: titles are other people's words, and one that begins
 * as a formula gets an apostrophe before it. No secret is ever in such a file, so nothing is lost by that.
 */
export function csvRow(values: readonly (string | number | undefined)[]): string {
  return `${values.map((value) => `"${harmless(String(value ?? '')).replaceAll('"', '""')}"`).join(',')}\r\n`
}

function harmless(text: string): string {
  return /^[=+\-@\t\r\n＝＋－＠]/u.test(text) ? `'${text}` : text
}
