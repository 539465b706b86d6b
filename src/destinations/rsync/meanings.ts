import type { ErrorCode } from '../../core/errors.ts'

export interface Meaning {
  readonly pattern: RegExp
  readonly code: ErrorCode
  readonly what: string
  readonly hint: string
}

export const unreachableHint =
  'Is the server up, and is the way to it open? Try: ssh -v to it, from this machine.'

/** What `ssh` says when there is no connection. The first that fits counts. */
export const ofSsh: readonly Meaning[] = [
  {
    pattern:
      /REMOTE HOST IDENTIFICATION HAS CHANGED|Host key verification failed|[Nn]o \S+ host key is known|no matching host key type/,
    code: 'HOST_KEY_CHANGED',
    what: 'the server shows another host key than the one that was pinned',
    hint: 'Either it was set up anew, or somebody is in between. Ask who runs it, and compare with ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub there, before you pin another.',
  },
  {
    pattern: /Permission denied \([a-z, -]+\)|Too many authentication failures/,
    code: 'DESTINATION_FORBIDDEN',
    what: 'the server does not let this instance’s key in',
    hint: 'Put the line that redoma key show prints into ~/.ssh/authorized_keys of the account, which must belong to it, as must all folders above.',
  },
  {
    pattern: /Could not resolve hostname/,
    code: 'DESTINATION_UNREACHABLE',
    what: 'nobody knows a host of this name',
    hint: 'Is the name right, and does the name service answer?',
  },
  {
    pattern: /Connection refused/,
    code: 'DESTINATION_UNREACHABLE',
    what: 'nothing listens there: the connection was refused',
    hint: 'Is sshd running, and is the port right?',
  },
  {
    pattern:
      /No route to host|Network is unreachable|timed out|Timeout, server|Connection reset|closed by|Broken pipe|banner exchange|kex_exchange|stdio forwarding failed|Control socket/,
    code: 'DESTINATION_UNREACHABLE',
    what: 'the connection did not come about, or was lost',
    hint: unreachableHint,
  },
]

/** What `rrsync`, or a shell in its place, says instead of beginning. */
export const ofAccount: readonly Meaning[] = [
  {
    pattern: /reading from write-only server is not allowed/,
    code: 'DESTINATION_FORBIDDEN',
    what: 'the account may only write',
    hint: 'Add the destination as one that is written to alone, or give the account the other line of redoma key show.',
  },
  {
    pattern: /sending to read-only server is not allowed/,
    code: 'DESTINATION_READ_ONLY',
    what: 'the account may only read',
    hint: 'Give the account the line of redoma key show, without -ro.',
  },
  {
    pattern: /option --(?:delete|remove)\S* has been disabled on this server/,
    code: 'DESTINATION_FORBIDDEN',
    what: 'the account may not remove anything',
    hint: 'Old copies, and locks, can be removed at the server alone; or take -no-del out of its line.',
  },
  {
    pattern: /Restricted directory does not exist/,
    code: 'DESTINATION_UNREACHABLE',
    what: 'the folder that the account is led to is not there',
    hint: 'Is the disk mounted at the server? If it was never there, make it.',
  },
  {
    pattern: /Another instance of rrsync is already accessing this directory/,
    code: 'DESTINATION_UNREACHABLE',
    what: 'somebody else is at work there, and rrsync lets in one at a time',
    hint: 'Add -no-lock to rrsync in the line of the account, as redoma key show has it.',
  },
  {
    pattern: /command not found|rsync: not found|No such file or directory: .*rsync|code 127/,
    code: 'DESTINATION_FAILED',
    what: 'there is no rsync at the server, or not where it is looked for',
    hint: 'Install rsync there, and look at the command of the account in authorized_keys.',
  },
  {
    pattern: /is your shell clean/,
    code: 'DESTINATION_FAILED',
    what: 'something other than rsync answers',
    hint: 'The account’s shell must print nothing: give it the line of redoma key show.',
  },
]

export const failingDisk: Meaning = {
  pattern: /Input\/output error \(5\)/,
  code: 'DESTINATION_FAILED',
  what: 'the disk at the server fails',
  hint: 'See the kernel log at the server, and copy what is there to another disk before anything else.',
}

/** System errors, as rsync prints them. */
export const ofServer: readonly Meaning[] = [
  {
    pattern: /No space left on device \(28\)|Disk quota exceeded \(122\)/,
    code: 'DESTINATION_FULL',
    what: 'there is no room left',
    hint: 'Free space at the destination, or raise its quota.',
  },
  {
    pattern: /Read-only file system \(30\)/,
    code: 'DESTINATION_READ_ONLY',
    what: 'the file system is read-only',
    hint: 'Mount it for writing at the server; a disk with errors is remounted read-only by the kernel.',
  },
  {
    pattern: /Permission denied \(13\)|Operation not permitted \(1\)|unable to chdir to restricted dir/,
    code: 'DESTINATION_FORBIDDEN',
    what: 'the account is not permitted to do this in the folder',
    hint: 'Give the account read and write permission to the folder and all in it.',
  },
  {
    // rsync follows no symbolic link on its way since 3.5: it also ends when a folder is moved under its feet.
    pattern: /Too many levels of symbolic links \(40\)/,
    code: 'DESTINATION_UNREACHABLE',
    what: 'a folder there was taken away in the middle, or is a symbolic link',
    hint: 'Is the disk still mounted at the server, and are all folders of the copies real ones?',
  },
  failingDisk,
]
