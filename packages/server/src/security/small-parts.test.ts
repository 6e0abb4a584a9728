import { parseJson, stringifyJson } from '@dicache/protocol'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { accessPolicy, judgeCaller } from './access-policy.ts'
import { accessToken, proofOf } from './access-token.ts'
import { createFailureLimit } from './failure-limit.ts'
import { fileHeaders } from './file-types.ts'
import { safeName, safePath } from './names.ts'
import { isSecretName, withoutSecrets } from './redact.ts'

describe('judgeCaller', () => {
  const policy = accessPolicy(8188, ['studio.lan', 'fe80::1', ' HTTPS://App.Example/ '])
  const caller = {
    method: 'GET',
    path: '/',
    origin: undefined,
    site: undefined,
    mode: undefined,
    dest: undefined,
  }
  it('lets no random Host in', () => {
    fc.assert(
      fc.property(fc.oneof(fc.domain(), fc.string(), fc.ipV4(), fc.webAuthority()), (host) => {
        const known = ['127.0.0.1:8188', 'localhost:8188', '[::1]:8188', 'studio.lan', '[fe80::1]'].includes(
          host,
        )
        expect(judgeCaller(policy, { ...caller, host }) === undefined).toBe(known)
      }),
    )
  })
  it.each(['', undefined, ' ', 'studio.lan:', 'studio.lan:80:80', 'studio.lan:123456', 'studio.lan.'])(
    'refuses the Host %j',
    (host) => {
      expect(judgeCaller(policy, { ...caller, host })).toMatchObject({ reason: 'host' })
    },
  )
  it('compares an Origin with the Host by its default port', () => {
    const judge = (host: string, origin: string) => judgeCaller(policy, { ...caller, host, origin })
    expect(judge('studio.lan:443', 'https://studio.lan')).toBeUndefined()
    expect(judge('studio.lan', 'https://studio.lan')).toBeUndefined()
    expect(judge('studio.lan:80', 'http://studio.lan')).toBeUndefined()
    expect(judge('studio.lan:80', 'https://studio.lan')).toMatchObject({ reason: 'origin' })
    expect(judge('[::1]:8188', 'http://[::1]:8188')).toBeUndefined()
    expect(judge('studio.lan', 'https://app.example')).toBeUndefined()
  })
})

describe('accessToken', () => {
  const token = accessToken('a-token-of-some-length')
  it('takes the token and its cookie, and nothing near them', () => {
    const bearer = (text: string) => proofOf(token, { authorization: text, cookie: undefined })
    expect(bearer('Bearer a-token-of-some-length')).toBe('ok')
    expect(bearer('bearer   a-token-of-some-length ')).toBe('ok')
    for (const text of [
      'Bearer a-token-of-some-lengt',
      'Bearer A-token-of-some-length',
      `Bearer ${'x'.repeat(10_000)}`,
    ])
      expect(bearer(text)).toBe('wrong')
    for (const text of ['Basic YTpi', 'Bearer', 'Bearer ', '']) expect(bearer(text)).toBe('none')
    const cookie = (text: string) => proofOf(token, { authorization: undefined, cookie: text })
    expect(cookie(`a=b; dicache_session=${token.cookie}; c`)).toBe('ok')
    expect(cookie('dicache_session=a-token-of-some-length')).toBe('none')
    expect(cookie(`xdicache_session=${token.cookie}`)).toBe('none')
  })
})

describe('createFailureLimit', () => {
  it('makes an address wait after its failures, and forgets them after the window', () => {
    let clock = 0
    const limit = createFailureLimit({ failures: 3, windowMs: 100, now: () => clock })
    for (let n = 0; n < 3; n += 1) {
      expect(limit.waitMs('a')).toBe(0)
      limit.fail('a')
    }
    clock = 40
    expect(limit.waitMs('a')).toBe(60)
    expect(limit.waitMs('b')).toBe(0)
    limit.fail('a')
    clock = 99
    expect(limit.waitMs('a')).toBe(1)
    clock = 100
    expect(limit.waitMs('a')).toBe(0)
  })
  it('remembers a bounded number of addresses, the newest', () => {
    const limit = createFailureLimit({ failures: 1, addresses: 2, now: () => 0 })
    for (const address of ['a', 'b', 'c']) limit.fail(address)
    expect(['a', 'b', 'c'].map((address) => limit.waitMs(address) > 0)).toEqual([false, true, true])
  })
})

describe('withoutSecrets', () => {
  it.each([
    'api_key_comfy_org',
    'auth_token_comfy_org',
    'apiKey',
    'X-Api-Key',
    'password',
    'Authorization',
    'accessToken',
    'CLIENT_SECRET',
  ])('takes %s out', (name) => {
    expect(isSecretName(name)).toBe(true)
    expect(withoutSecrets({ a: [{ [name]: 1, b: 2 }] })).toEqual({ a: [{ b: 2 }] })
  })
  it.each(['tokens_per_second', 'keyboard', 'author', 'monkey', 'passage', 'tokenizer'])(
    'keeps %s',
    (name) => {
      expect(isSecretName(name)).toBe(false)
    },
  )
  it('keeps everything else as it is, numbers too', () => {
    const value = parseJson('{"a":[1.0,18446744073709551615,{"b":null}],"c":"token"}', { keepFloats: true })
    expect(withoutSecrets(value as never)).toBe(value)
    expect(stringifyJson(withoutSecrets({ ...(value as object), token: 1 }))).toBe(stringifyJson(value))
  })
})

describe('safePath', () => {
  it('never leaves the folder, whatever the text is', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc
            .array(fc.constantFrom('..', '.', '/', '\\', 'a', '\0', ' ', 'C:', '%2e'), { maxLength: 9 })
            .map((parts) => parts.join('')),
        ),
        (text) => {
          let safe: string
          try {
            safe = safePath(text)
          } catch {
            return
          }
          expect(safe.split('/')).not.toContain('..')
          expect(safe).not.toMatch(/^\/|\\|\0|^[a-z]:/i)
        },
      ),
    )
  })
  it.each([
    ['', ''],
    ['a//b/', 'a/b'],
    ['ünï/狐.png', 'ünï/狐.png'],
    ['..a/b..c', '..a/b..c'],
  ])('reads %j as %j', (text, safe) => {
    expect(safePath(text)).toBe(safe)
  })
  it('takes a name only as a name', () => {
    expect(safeName('a b [x].png')).toBe('a b [x].png')
    for (const text of ['', '.', '..', 'a/b', 'a/', 'C:a', 'a.', 'a '])
      expect(() => safeName(text)).toThrow(expect.objectContaining({ code: 'BAD_REQUEST' }))
  })
})

describe('fileHeaders', () => {
  it('gives headers that are one line and ASCII, whatever the name is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (name) => {
        for (const value of Object.values(fileHeaders(name))) expect(value).toMatch(/^[\x20-\x7e]*$/)
      }),
    )
  })
})
