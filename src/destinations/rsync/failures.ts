import { RedomaError } from '../../core/errors.ts'
import { failingDisk, type Meaning, ofAccount, ofServer, ofSsh, unreachableHint } from './meanings.ts'
import type { Ended } from './run-program.ts'
import { jumpAlias } from './ssh-words.ts'

/** What was being done: which side a full disk is on depends on it. */
export type Doing = 'writing' | 'removing' | 'reading' | 'listing'

/** Codes of rsync that are of the connection: 10 socket, 12 the stream broke off, 30 and 35 time-outs, 255 of ssh. */
const codesOfConnection = new Set([10, 12, 30, 35, 255])

export function sshFailure(where: string, complaints: string): RedomaError {
  return failureOf(where, firstThatFits(ofSsh, complaints), complaints)
}

/** @param ssh what the connection that it went through complained of */
export function rsyncFailure(where: string, doing: Doing, ended: Ended, ssh: string): RedomaError {
  const { complaints, code } = ended
  if (isOwnDiskFull(doing, complaints)) {
    return new RedomaError('DESTINATION_FAILED', `${where}: no room in this machine’s spool for ${doing}`, {
      hint: 'Free space where the instance’s folder is.',
    })
  }
  const known = firstThatFits([...ofAccount, ...ofServer], complaints)
  if (known === failingDisk && doing === 'reading') {
    // Of this object: others may be whole.
    return failureOf(where, { ...known, code: 'OBJECT_UNREADABLE' }, complaints)
  }
  if (known !== undefined) return failureOf(where, known, complaints)
  const lost = firstThatFits(ofSsh, `${ssh}\n${complaints}`)
  if (lost !== undefined) return failureOf(where, lost, `${ssh}\n${complaints}`)
  if (!codesOfConnection.has(code)) return failureOf(where, undefined, complaints)
  const cut = {
    code: 'DESTINATION_UNREACHABLE',
    what: 'the connection was lost',
    hint: unreachableHint,
  } as const
  return failureOf(where, cut, complaints)
}

/** Whether it is the kind of failure that passes when the one at work there has ended. */
export function isBusy(ended: Ended): boolean {
  return ended.complaints.includes('Another instance of rrsync')
}

/** Whether one of the two has no `--fsync`: rsync has it since 3.2.4. */
export function lacksFsync(ended: Ended): boolean {
  return /--fsync: unknown option|invalid rsync-command syntax or options/.test(ended.complaints)
}

/** The receiver is the one that writes: at the other side, unless we read. */
function isOwnDiskFull(doing: Doing, complaints: string): boolean {
  if (!complaints.includes('(28)') && !complaints.includes('(122)')) return false
  return doing === 'reading' && /\[(?:receiver|Receiver|generator)\]/.test(complaints)
}

function firstThatFits(meanings: readonly Meaning[], complaints: string): Meaning | undefined {
  return meanings.find(({ pattern }) => pattern.test(complaints))
}

function failureOf(
  where: string,
  meaning: Omit<Meaning, 'pattern'> | undefined,
  complaints: string,
): RedomaError {
  const cause = new Error(lastWords(complaints))
  if (meaning === undefined) {
    return new RedomaError('DESTINATION_FAILED', `${where}: rsync failed`, { cause })
  }
  const what = meaning.code === 'HOST_KEY_CHANGED' ? keyChanged(meaning.what, complaints) : meaning.what
  return new RedomaError(meaning.code, `${where}: ${what}`, { hint: meaning.hint, cause })
}

/** Whose key, and which one is shown, where `ssh` says so. */
function keyChanged(what: string, complaints: string): string {
  const [shown] = /SHA256:[A-Za-z0-9+/]{43}/.exec(complaints) ?? []
  const whose = complaints.includes(jumpAlias) ? what.replace('the server', 'the jump host') : what
  return shown === undefined ? whose : `${whose}: ${shown}`
}

const shownCharacters = 500

/** On one line, of printable characters: the server wrote some of it. */
function lastWords(complaints: string): string {
  // `ssh` frames what it wants to be seen in rows of `@`.
  const text = complaints
    .replace(/@{5,}|[\p{Cc}\p{Cf}\s]+/gu, ' ')
    .replace(/ +/g, ' ')
    .trim()
  if (text === '') return 'it said nothing'
  if (text.length <= shownCharacters) return text
  return text.slice(-shownCharacters).replace(/^\S* /, '… ')
}
