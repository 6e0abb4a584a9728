/** Shows each rule of the architecture failing on a deliberately wrong workspace, and none failing on a right one. */
import { describe, expect, test } from 'vitest'
import { rules } from './rules.ts'
import { createWorkspace } from './workspace.ts'
import { lines, manifest, TENSOR } from './wrong/case.ts'
import { wrongImports } from './wrong/imports.ts'
import { wrongManifests } from './wrong/manifests.ts'
import { wrongTexts } from './wrong/texts.ts'

const cases = [...wrongImports, ...wrongManifests, ...wrongTexts]

/** A small right workspace; the cases add to it or write over it. */
const RIGHT: Readonly<Record<string, string>> = {
  'docs/adr/0001-first.md': '# First',
  'docs/adr/0002-second.md': '# Second',
  'packages/tensor/package.json': manifest('tensor'),
  'packages/tensor/README.md': '# tensor',
  'packages/tensor/src/index.ts': "export { one } from './one.ts'\n",
  'packages/tensor/src/one.ts': "export const one: number = 1 // not a comment start: 'http://x'\n",
  'packages/weights/package.json': manifest('weights', {
    dependencies: { '@dicache/tensor': 'workspace:*' },
  }),
  'packages/weights/README.md': '# weights',
  'packages/weights/src/index.ts':
    "import { readFileSync } from 'node:fs'\nimport { one } from '@dicache/tensor'\nexport const two: string = `${one}${readFileSync.name}`\n",
  'packages/weights/src/index.test.ts':
    "import os from 'node:os'\nimport { test } from 'vitest'\nimport { one } from '@dicache/tensor'\ntest('x', () => void [os, one])\n",
}

/** What rules say of the right workspace with some files added or replaced. */
async function findings(
  sentences: readonly string[],
  files: Readonly<Record<string, string>>,
): Promise<string[]> {
  const workspace = await createWorkspace(new Map(Object.entries({ ...RIGHT, ...files })))
  return sentences
    .flatMap((sentence) => rules[sentence]?.(workspace) ?? [])
    .map(({ path, line, message }) => `${path}${line === undefined ? '' : `:${line}`} ${message}`)
}

describe('each rule fails on what it forbids', () => {
  test.each(cases)('%s: %s', async (sentence, _what, files, expected) => {
    expect(await findings([sentence], files)).toEqual([expect.stringMatching(expected)])
  })

  test('and every rule is shown', () => {
    expect(new Set(cases.map(([sentence]) => sentence))).toEqual(new Set(Object.keys(rules)))
  })
})

describe('no rule fails on what is right', () => {
  const right: Readonly<Record<string, Readonly<Record<string, string>>>> = {
    'a small workspace': {},
    'words that only look forbidden': {
      [TENSOR]: `export const text = 'TODO any // @ts-ignore process.env'\nexport const many: unknown = import.meta.env\n// any company, /workshop/, a/work/b\n`,
    },
    'an error that a test expects': {
      'packages/tensor/src/x.test.ts': '// @ts-expect-error wrong on purpose\nconst x: number = ""',
    },
    'generated code': {
      'packages/tensor/src/generated/x.ts': `/* ${'TO'}${'DO'} @ts-nocheck */ ${lines(500)} const x: any = 1`,
    },
    'packs that the host imports dynamically': {
      'nodes/image/package.json': manifest('nodes-image'),
      'nodes/image/README.md': '# image',
      'packages/host/package.json': manifest('host', {
        dependencies: { '@dicache/nodes-image': 'workspace:*' },
      }),
      'packages/host/README.md': '# host',
      'packages/host/src/index.ts':
        "declare const name: string\nawait import('@dicache/nodes-image')\nawait import(name)",
    },
    'an exported part of a package': {
      'packages/tensor/package.json': manifest('tensor', {
        exports: { '.': './src/index.ts', './one': './src/one.ts' },
      }),
      'packages/weights/src/w.ts': "import '@dicache/tensor/one'",
    },
    'environment read by the cli': {
      'packages/cli/package.json': manifest('cli'),
      'packages/cli/README.md': '# cli',
      'packages/cli/src/index.ts': 'export const home = process.env.HOME',
    },
    'a pack that is named and not imported': {
      'packages/cli/package.json': manifest('cli', { dependencies: { '@dicache/tensor': 'workspace:*' } }),
      'packages/cli/README.md': '# cli',
      'packages/cli/src/index.ts': "export const packs = ['@dicache/tensor/package.json', '@dicache/cli']",
    },
    'a giant that a test names': { 'test/x.test.ts': "export const name = 'onnxruntime-node'" },
    '400 lines': { [TENSOR]: lines(400) },
  }

  test.each(Object.entries(right))('%s', async (_what, files) => {
    expect(await findings(Object.keys(rules), files)).toEqual([])
  })
})
