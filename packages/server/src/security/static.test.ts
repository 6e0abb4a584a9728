/** The editor's files and the example workflows: what is in their folders, and nothing else. */
import { mkdir, symlink, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { expect, it } from 'vitest'
import { httpCall } from '../testing/http-call.ts'
import { startTestServer, temporaryHome } from '../testing/test-server.ts'

it('serves page and examples, and no way out of their folders', async () => {
  await using folder = await temporaryHome()
  const [editor, workflows] = [path.join(folder.home, 'editor'), path.join(folder.home, 'workflows')]
  for (const place of [editor, workflows]) {
    await mkdir(place)
    await symlink(folder.home, path.join(place, 'up'))
    await symlink(path.join(folder.home, 'secret.json'), path.join(place, 'link.json'))
  }
  await writeFile(path.join(folder.home, 'secret.json'), 'S3CR3T')
  await writeFile(path.join(editor, 'index.html'), '<!doctype html>')
  await writeFile(path.join(workflows, 'a b.json'), '{"nodes":[]}')
  await writeFile(path.join(workflows, 'notes.txt'), 'S3CR3T')
  await using server = await startTestServer({ editor, workflows })
  expect((await httpCall(server.url, '/')).text).toBe('<!doctype html>')
  expect((await httpCall(server.url, '/workflow_templates')).json()).toEqual({ dicache: ['a b'] })
  const example = await httpCall(server.url, '/api/workflow_templates/dicache/a%20b.json')
  expect([example.text, example.headers['x-content-type-options']]).toEqual(['{"nodes":[]}', 'nosniff'])
  const names = [
    '..%2Fsecret.json',
    '%2e%2e%2fsecret.json',
    '..%5csecret.json',
    'up%2Fsecret.json',
    'link.json',
    '%00.json',
    '%',
    '%zz',
    '%C0%AE',
    'notes.txt',
    'x.json',
  ]
  for (const name of names) {
    for (const target of [
      `/${name}`,
      `/assets/../${name}`,
      `/workflow_templates/dicache/${name}`,
      `/workflow_templates/..%2F/${name}`,
      `/extensions/${name}`,
      `/docs/${name}`,
    ]) {
      const { status, text } = await httpCall(server.url, target)
      expect(text).not.toContain('S3CR3T')
      expect([target, status >= 400 && status < 500]).toEqual([target, true])
    }
  }
})
