/** Holds the whole repository to the rules of its architecture. */
import path from 'node:path'
import { expect, test } from 'vitest'
import { readTree } from './read-tree.ts'
import { rules } from './rules.ts'
import { createWorkspace } from './workspace.ts'

const workspace = await createWorkspace(readTree(path.resolve(import.meta.dirname, '../..')))

test('the checker sees the repository', () => {
  expect(workspace.modules.length).toBeGreaterThan(0)
  expect([...workspace.manifests.keys()]).toContain('tensor')
})

for (const [sentence, rule] of Object.entries(rules)) {
  test(sentence, () => {
    const found = rule(workspace).map(
      ({ path: file, line, message }) => `${file}${line === undefined ? '' : `:${line}`} ${message}`,
    )
    expect(found).toEqual([])
  })
}
