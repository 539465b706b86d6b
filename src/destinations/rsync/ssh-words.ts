import { RedomaError } from '../../core/errors.ts'
import type { RsyncSpec } from '../../ports/destination-spec.ts'
import { parseHostKey } from './host-key.ts'

/** Files in the folder that `ssh` is run in: their names are all that stands in its words, so nothing needs quotes. */
export const keyName = 'key'
export const knownHostsName = 'known_hosts'
/** Of the socket. In a path it would have to be short: 108 bytes are all that a socket's may have. */
export const socketName = 'm'

/** What `known_hosts` and rsync call the two, whatever they are called by the operator. */
export const serverAlias = 'redoma-server'
export const jumpAlias = 'redoma-jump-host'

const connectSeconds = 20
/** Of four in a row that nobody answers. */
const aliveCount = 4

/** The least that is needed to reach a server. */
export type SshPlace = Pick<RsyncSpec, 'user' | 'host' | 'port' | 'jump'>

/** Nothing of the user's or the system's settings counts, nobody is asked, and only pinned keys of hosts are accepted. */
const isolated = [
  ['-F', 'none'],
  option('BatchMode', 'yes'),
  option('StrictHostKeyChecking', 'yes'),
  option('UserKnownHostsFile', knownHostsName),
  option('GlobalKnownHostsFile', 'none'),
  option('UpdateHostKeys', 'no'),
  option('CheckHostIP', 'no'),
  option('IdentityFile', keyName),
  option('IdentitiesOnly', 'yes'),
  option('IdentityAgent', 'none'),
  option('PreferredAuthentications', 'publickey'),
  option('ConnectTimeout', String(connectSeconds)),
  option('ServerAliveCountMax', String(aliveCount)),
  option('Compression', 'no'),
  // Where the processor has AES it is several times as fast as what is preferred by default; both are as good.
  option('Ciphers', '^aes128-gcm@openssh.com,aes256-gcm@openssh.com'),
].flat()

/** How long a connection may take to come about. */
export const connectMs = 2 * connectSeconds * 1000

/**
 * Of the one connection that all transfers go through; prints a line when it is there.
 *
 * @param silenceSeconds after which a server that answers nothing is given up
 */
export function masterWords(place: SshPlace, silenceSeconds: number): string[] {
  return [
    '-M',
    '-N',
    '-T',
    '-S',
    socketName,
    ...option('ControlPersist', 'no'),
    ...option('ServerAliveInterval', String(Math.max(1, Math.round(silenceSeconds / aliveCount)))),
    ...option('PermitLocalCommand', 'yes'),
    ...option('LocalCommand', readyAndWatch),
    ...reachingWords(place),
  ]
}

/**
 * Says that the connection is there, and has `ssh` end when its standard input does: it must not outlive a Redoma that was killed.
 */
const readyAndWatch = 'echo ready; exec 3<&0; { cat <&3; kill $PPID; } >/dev/null 2>&1 &'

/** Options and the host, for a connection of any use. @throws RedomaError `USAGE` for words that `ssh` could take for others */
export function reachingWords(place: SshPlace): string[] {
  const jump = place.jump === undefined ? undefined : parseJump(place.jump)
  const through = jump === undefined ? [] : option('ProxyCommand', jumpCommand(jump))
  return [...isolated, ...option('HostKeyAlias', serverAlias), ...through, ...whereWords(checked(place))]
}

/**
 * To see which key a host has, and nothing more: whatever it shows is written to `foundName`, and nobody logs in.
 *
 * @param place the jump host in it is held to its pinned keys
 */
export function lookingWords(place: SshPlace): string[] {
  return [
    ...option('StrictHostKeyChecking', 'accept-new'),
    ...option('UserKnownHostsFile', foundName),
    ...option('HashKnownHosts', 'no'),
    ...option('PreferredAuthentications', 'none'),
    ...option('HostKeyAlgorithms', strongestFirst),
    ...reachingWords(place),
    'true',
  ]
}

/** Where a host key stands that was found. */
export const foundName = 'found'
const strongestFirst =
  'ssh-ed25519,ecdsa-sha2-nistp521,ecdsa-sha2-nistp384,ecdsa-sha2-nistp256,rsa-sha2-512,rsa-sha2-256'

/** For `rsync -e`, which splits it at blanks. It goes through the connection that is there, and never makes one of its own. */
export const throughMaster = `ssh -F none -S ${socketName} -o ControlMaster=no -o BatchMode=yes -o ProxyCommand=false`

/**
 * `ProxyJump` would read the settings of the user and the system, and hand on none of ours. The words have no character that a shell
 * takes for another: they are constants, and what `checked` has let through.
 */
function jumpCommand(jump: SshPlace): string {
  const words = [
    ...isolated,
    ...option('HostKeyAlias', jumpAlias),
    '-W',
    target,
    ...whereWords(checked(jump)),
  ]
  return ['ssh', ...words.map((word) => (word === target ? `'${target}'` : quoted(word)))].join(' ')
}

/** Put in by `ssh`; in brackets, for IPv6. */
const target = '[%h]:%p'

function quoted(word: string): string {
  // A scope of IPv6 has a `%`.
  return `'${word.replaceAll('%', '%%')}'`
}

function whereWords({ user, host, port }: SshPlace): string[] {
  return ['-p', String(port ?? 22), '-l', user, host]
}

function option(name: string, value: string): [string, string] {
  return ['-o', `${name}=${value}`]
}

/** @throws RedomaError `USAGE` */
function checked(place: SshPlace): SshPlace {
  const { user, host, port = 22 } = place
  if (!/^[A-Za-z0-9._][A-Za-z0-9._@+-]{0,99}$/.test(user)) throw unusable('user name', user)
  if (!/^[A-Za-z0-9:.][A-Za-z0-9:._%-]{0,254}$/.test(host)) throw unusable('host', host)
  if (!Number.isInteger(port) || port < 1 || port > 65535) throw unusable('port', String(port))
  return place
}

/** `USER@HOST` or `USER@HOST:PORT`; an IPv6 address stands in brackets. @throws RedomaError `USAGE` */
export function parseJump(text: string): SshPlace {
  const [, user, bracketed, plain, port] =
    /^([^@]+)@(?:\[([^\]]+)\]|([^:]+))(?::(\d{1,5}))?$/.exec(text) ?? []
  const host = bracketed ?? plain
  if (user === undefined || host === undefined) throw unusable('jump host', text)
  return checked({ user, host, port: port === undefined ? undefined : Number(port) })
}

/** What `known_hosts` has to say. @throws RedomaError `USAGE` when no key is pinned, `FORMAT_UNKNOWN` */
export function knownHosts(spec: Pick<RsyncSpec, 'hostKeys' | 'jump' | 'jumpHostKeys'>): string {
  if (spec.hostKeys.length === 0) throw unpinned('the server')
  return linesOf(serverAlias, spec.hostKeys) + knownJumpHosts(spec)
}

/** Of the jump host alone, where there is one. @throws RedomaError as `knownHosts` */
export function knownJumpHosts({
  jump,
  jumpHostKeys = [],
}: Pick<RsyncSpec, 'jump' | 'jumpHostKeys'>): string {
  if (jump === undefined) return ''
  if (jumpHostKeys.length === 0) throw unpinned('the jump host')
  return linesOf(jumpAlias, jumpHostKeys)
}

function linesOf(alias: string, keys: readonly string[]): string {
  return keys.map((key) => `${alias} ${parseHostKey(key)}\n`).join('')
}

function unpinned(whose: string): RedomaError {
  return new RedomaError('USAGE', `no host key of ${whose} is pinned`, {
    hint: 'Without one, anybody could stand in for it.',
  })
}

function unusable(what: string, text: string): RedomaError {
  return new RedomaError('USAGE', `${JSON.stringify(text)} cannot be a ${what}`)
}
