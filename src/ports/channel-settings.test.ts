import { describe, expect, test } from 'vitest'
import type { ChannelSettings } from './channel.ts'
import { channelRules, channelSpec, misfitOf } from './channel-settings.ts'

const credential = '0b1f4f5e-6f0a-4a53-9d0a-5b3f0f6e1c11'
const mail = {
  kind: 'smtp',
  host: 'mail',
  port: 465,
  security: 'tls',
  from: 'a@b.example',
  to: ['c@d.example'],
}
const siem = { kind: 'syslog', transport: 'tls', host: 'siem', port: 6514 }
const hook = { kind: 'webhook', url: 'https://chat.example/hook' }

describe('the spec of a channel', () => {
  test.each([
    mail,
    siem,
    hook,
    { ...siem, transport: 'udp', host: '2001:db8::1', format: 'cef', facility: 'local3' },
    { ...siem, certificateFile: '/etc/c.pem', keyFile: '/etc/k.pem' },
    { ...hook, preset: 'slack', url: 'https://hooks.slack.com/services/{secret}' },
    { ...hook, preset: 'ntfy', url: 'https://ntfy.sh/backups' },
  ])('is understood: %j', (spec) => {
    expect(channelSpec.safeParse(spec)).toMatchObject({ success: true })
  })

  test.each([
    ['a sender that begins another header', { ...mail, from: 'a@b.example\r\nBcc: x@y.example' }],
    ['a receiver with a name', { ...mail, to: ['Ana <a@b.example>'] }],
    ['two receivers in one', { ...mail, to: ['a@b.example,c@d.example'] }],
    ['a host that is an option', { ...mail, host: '-x' }],
    ['a key without its certificate', { ...siem, keyFile: '/etc/k.pem' }],
    ['an authority where nothing is encrypted', { ...siem, transport: 'tcp', caFile: '/etc/ca.pem' }],
    ['a file by half of its path', { ...siem, caFile: 'ca.pem' }],
    ['a URL with a password', { ...hook, url: 'https://user:password@chat.example/' }],
    ['a URL with a line break', { ...hook, url: 'https://chat.example/\r\nX: y' }],
    ['a URL that leads to a file', { ...hook, url: 'file:///etc/passwd' }],
    ['a host that is a secret', { ...hook, url: 'https://{secret}.example/' }],
    ['the whole secret address of a chat', { ...hook, preset: 'slack' }],
    ['an address for ntfy that is none', { ...hook, preset: 'ntfy', url: 'a' }],
    ['ntfy without a topic', { ...hook, preset: 'ntfy', url: 'https://ntfy.sh/' }],
  ])('is refused with %s', (_, spec) => {
    expect(channelSpec.safeParse(spec)).toMatchObject({ success: false })
  })
})

describe('the rules of a channel', () => {
  test('are these where nothing is said: warnings and worse, at once', () => {
    expect(channelRules.parse({})).toEqual({ leastSeverity: 'warning', digestMinutes: 0 })
  })

  test.each([
    { from: '24:00', to: '07:00', zone: 'UTC' },
    { from: '7:00', to: '08:00', zone: 'UTC' },
    { from: '07:00', to: '07:00', zone: 'UTC' },
    { from: '22:00', to: '07:00', zone: 'Europe/Nowhere' },
  ])('are refused with quiet hours that are none: %j', (quietHours) => {
    expect(channelRules.safeParse({ quietHours })).toMatchObject({ success: false })
  })

  test.each([
    ['no digest', siem, { digestMinutes: 5 }],
    ['no digest', hook, { digestMinutes: 5 }],
    ['without TLS', { ...mail, security: 'none' }, { credential }],
    ['there is none', siem, { credential }],
    ['{secret}', { ...hook, url: 'https://chat.example/{secret}' }, {}],
    ['in the clear', { ...hook, preset: 'ntfy', url: 'http://ntfy.example/x' }, { credential }],
  ])('do not go with another spec: %s', (words, spec, rules) => {
    expect(misfitOf(settings(spec, rules))).toContain(words)
  })

  test.each([
    [{ ...mail, security: 'none' }, {}],
    [mail, { credential, digestMinutes: 60 }],
    [{ ...hook, url: 'http://localhost:8080/x', preset: 'ntfy' }, { credential }],
    [{ ...hook, url: 'http://chat.example/x' }, { credential }],
  ])('go with what they are for: %j %j', (spec, rules) => {
    expect(misfitOf(settings(spec, rules))).toBeUndefined()
  })
})

function settings(spec: object, rules: object): ChannelSettings {
  return { spec: channelSpec.parse(spec), ...channelRules.parse(rules) }
}
