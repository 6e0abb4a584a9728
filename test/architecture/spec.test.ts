/** A rule that no test quotes is a wish. */
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const PAGES = ['validation', 'planning', 'caching', 'execution']

function testTexts(folder: string): string {
  return readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.ts') && !name.includes('node_modules'))
    .map((name) => readFileSync(path.join(ROOT, folder, name), 'utf8'))
    .join('\n')
}

it.each(PAGES)('docs/spec/%s.md: every rule is quoted by a test, numbers are unique', (page) => {
  const rules = [
    ...readFileSync(path.join(ROOT, 'docs/spec', `${page}.md`), 'utf8').matchAll(/^- \*\*([A-Z]+-\d+)\*\*/gm),
  ].map(([, rule = '']) => rule)
  expect(rules.length).toBeGreaterThan(2)
  expect(new Set(rules).size).toBe(rules.length)
  const tests = ['packages/engine/src', 'packages/host/src'].map(testTexts).join('\n')
  expect(rules.filter((rule) => !new RegExp(`\\b${rule}\\b`).test(tests))).toEqual([])
})
