/** Wrong texts, and what the rules must say of them. */
import { lines, manifest, TENSOR, type WrongCase } from './case.ts'

/** Cases of texts. */
export const wrongTexts: readonly WrongCase[] = [
  ['no file is over the limit of lines', '401 lines', { [TENSOR]: lines(401) }, /has 401 lines/],
  [
    'no file is over the limit of lines',
    'a script',
    { 'scripts/x.mjs': lines(401) },
    /scripts\/x\.mjs has 401 lines/,
  ],
  ['no any', 'a cast', { [TENSOR]: '\nexport const x = 1 as any' }, /wrong\.ts:2 `any`/],
  ['no any', 'in a test', { 'packages/tensor/src/x.test.ts': 'const x: any[] = []' }, /x\.test\.ts:1 `any`/],
  [
    'nothing silences the compiler',
    'ts-ignore',
    { [TENSOR]: '// @ts-ignore\nexport {}' },
    /:1 @ts-ignore silences/,
  ],
  [
    'nothing silences the compiler',
    'ts-nocheck in a test',
    { 'packages/tensor/src/x.test.ts': '// @ts-nocheck' },
    /@ts-nocheck silences/,
  ],
  [
    'nothing silences the compiler',
    'ts-expect-error in source',
    { [TENSOR]: '/* @ts-expect-error */' },
    /@ts-expect-error silences/,
  ],
  [
    'no work is left for later in a comment',
    'one line',
    { [TENSOR]: `export const a = 'é' // ${'TO'}${'DO'} later` },
    /:1 TODO is unfinished/,
  ],
  [
    'no work is left for later in a comment',
    'a block',
    { [TENSOR]: `/**\n * ${'FIX'}${'ME'}: x\n */` },
    /:2 FIXME is unfinished/,
  ],
  [
    'no work is left for later in a comment',
    'after a literal with slashes',
    { [TENSOR]: `const a = [/\\/\\//, '//', \`//\${1}//\`] // ${'TO'}${'DO'}` },
    /TODO is unfinished/,
  ],
  [
    'only cli and server read the environment',
    'process.env',
    { [TENSOR]: 'export const a = process.env.A' },
    /tensor reads process\.env/,
  ],
  [
    'only cli and server read the environment',
    "process['env']",
    { [TENSOR]: "export const a = process['env']" },
    /tensor reads process\.env/,
  ],
  [
    'only cli and server read the environment',
    'destructured',
    { [TENSOR]: 'const { env: e } = globalThis.process' },
    /tensor reads process\.env/,
  ],
  [
    'only cli and server read the environment',
    'imported',
    { [TENSOR]: "import { env } from 'node:process'" },
    /tensor reads process\.env/,
  ],
  [
    'every room has a README of one page',
    'none',
    { 'packages/onnx/package.json': manifest('onnx') },
    /packages\/onnx\/README\.md is missing/,
  ],
  [
    'every room has a README of one page',
    '61 lines',
    { 'packages/tensor/README.md': 'line\n'.repeat(61) },
    /has 61 lines/,
  ],
  [
    'decisions have numbers of their own',
    'a number twice',
    { 'docs/adr/0002-other.md': '# Other' },
    /0002-second\.md, docs\/adr\/0002-other\.md share the number 0002/,
  ],
  [
    'decisions have numbers of their own',
    'no number',
    { 'docs/adr/notes.md': '# Notes' },
    /not named NNNN-words\.md/,
  ],
  [
    'no text holds the path of a machine',
    'in a document',
    { 'README.md': `\nsee ${'/ro'}ot/models` },
    /README\.md:2 holds the path of a machine/,
  ],
  [
    'no text holds the path of a machine',
    'on Windows',
    { [TENSOR]: `const a = '${'C:'}\\\\Users\\\\me'` },
    /holds the path of a machine/,
  ],
]
