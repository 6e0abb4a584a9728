/** A server whose folders hold links that lead out, and names that try to. */
import { mkdir, symlink, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { expect } from 'vitest'
import { httpCall } from './http-call.ts'
import { startTestServer, type TestServer } from './test-server.ts'

/** What lies beside the folders, and must never be seen. */
export const SECRET: string = 'this is nobody’s business'

/** Starts it: `secret.png` in the home; in each folder `a.txt`, the link `link.png` to the secret, and `up` to the home. */
export async function startHostileHome(): Promise<TestServer> {
  const server = await startTestServer()
  const { home } = server
  for (const folder of ['input/sub', 'output/sub', 'temp', 'user/default/workflows', 'models/vae'])
    await mkdir(path.join(home, folder), { recursive: true })
  await writeFile(path.join(home, 'secret.png'), SECRET)
  await writeFile(path.join(home, 'user', 'settings.json'), JSON.stringify({ secret: SECRET }))
  for (const folder of ['input', 'output', 'user/default']) {
    await symlink(path.join(home, 'secret.png'), path.join(home, folder, 'link.png'))
    await symlink(home, path.join(home, folder, 'up'))
    await writeFile(path.join(home, folder, 'a.txt'), 'fine')
  }
  await writeFile(path.join(home, 'output', 'sub', 'b.txt'), 'fine')
  return server
}

/** Names that lead out, as they stand in a URL. */
export const ESCAPES: readonly string[] = [
  '../secret.png',
  '..%2Fsecret.png',
  '%2e%2e%2fsecret.png',
  '%252e%252e%252fsecret.png',
  '..%252fsecret.png',
  '..%5Csecret.png',
  '..\\secret.png'.replaceAll('\\', '%5c'),
  'sub%2F..%2F..%2Fsecret.png',
  'sub/../../secret.png',
  '%2Fetc%2Fpasswd',
  'C%3A%5Cwindows%5Cwin.ini',
  'C%3Asecret.png',
  '%00secret.png',
  'a.txt%00.png',
  '../secret.png%20%5Binput%5D',
  '..%2Fsecret.png%20%5Boutput%5D',
  'link.png',
  'up%2Fsecret.png',
  'up%2Foutput%2Fa.txt%2F..%2F..%2Fsecret.png',
  `${'a'.repeat(300)}.png`,
  `${'a%2F'.repeat(600)}a.png`,
  '%EF%BC%8E%EF%BC%8E%2Fsecret.png',
  '.%2F.%2F..%2Fsecret.png',
  '....%2F%2F....%2F%2Fsecret.png',
  '%C0%AE%C0%AE%2Fsecret.png',
  '%',
]

/** Asks for something that must be refused, and looks at what came. */
export async function expectRefused(url: string, target: string): Promise<void> {
  const { status, text, headers } = await httpCall(url, target)
  expect([target, status >= 400 && status < 500]).toEqual([target, true])
  expect(text).not.toContain(SECRET)
  expect(text).not.toContain('root:')
  expect(headers['content-type']).toMatch(/^application\/json/)
}
