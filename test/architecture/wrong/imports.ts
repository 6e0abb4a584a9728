/** Wrong imports, and what the rules must say of them. */
import { manifest, TENSOR, type WrongCase } from './case.ts'

/** Cases of imports. */
export const wrongImports: readonly WrongCase[] = [
  [
    'imports follow the table',
    'a room uphill',
    { [TENSOR]: "import '@dicache/weights'" },
    /wrong\.ts:1 tensor → weights: it is the ground floor/,
  ],
  [
    'imports follow the table',
    'a type only',
    { [TENSOR]: "\nimport type { A } from '@dicache/weights'" },
    /wrong\.ts:2 tensor → weights: /,
  ],
  [
    'imports follow the table',
    'an import type',
    { [TENSOR]: "type A = import('@dicache/weights').A" },
    /tensor → weights: /,
  ],
  [
    'imports follow the table',
    'a re-export',
    { [TENSOR]: "export * from '@dicache/weights'" },
    /tensor → weights: /,
  ],
  [
    'imports follow the table',
    'a dynamic import',
    { [TENSOR]: "await import('@dicache/weights')" },
    /tensor → weights: /,
  ],
  [
    'imports follow the table',
    'a dynamic import in a template',
    { [TENSOR]: 'await import(`@dicache/weights`)' },
    /tensor → weights: /,
  ],
  [
    'imports follow the table',
    'an import with require',
    { [TENSOR]: "import fs = require('node:fs')" },
    /tensor → node:fs: /,
  ],
  [
    'imports follow the table',
    'a call of require',
    { [TENSOR]: "const fs = require('fs')" },
    /tensor → node:fs: /,
  ],
  [
    'imports follow the table',
    'a computed name',
    { [TENSOR]: 'declare const name: string\nawait import(name)' },
    /:2 tensor → a name computed at run time/,
  ],
  [
    'imports follow the table',
    'a path into another room',
    { [TENSOR]: "import '../../weights/src/index.ts'" },
    /another room is imported by its package name/,
  ],
  [
    'imports follow the table',
    'a file that is not exported',
    { 'packages/weights/src/w.ts': "import '@dicache/tensor/src/one.ts'" },
    /not among the exports/,
  ],
  [
    'imports follow the table',
    'its own package by name',
    { [TENSOR]: "import '@dicache/tensor'" },
    /own files by relative path/,
  ],
  [
    'imports follow the table',
    'a builtin where none is allowed',
    { [TENSOR]: "import 'node:path'" },
    /tensor → node:path: /,
  ],
  [
    'imports follow the table',
    'another builtin than allowed',
    { 'packages/weights/src/w.ts': "import 'node:http'" },
    /weights → node:http: /,
  ],
  [
    'imports follow the table',
    'an npm package',
    { [TENSOR]: "import 'lodash/fp'" },
    /tensor → lodash \(npm\): /,
  ],
  [
    'imports follow the table',
    'vitest in source',
    { [TENSOR]: "import { test } from 'vitest'" },
    /tensor → vitest \(npm\): /,
  ],
  [
    'imports follow the table',
    'a test in source',
    { [TENSOR]: "import './one.test.ts'" },
    /source does not import its tests/,
  ],
  [
    'imports follow the table',
    'a test of a room that is not downhill',
    {
      'packages/runtime/package.json': manifest('runtime'),
      'packages/runtime/src/index.ts': 'export {}',
      'packages/weights/src/w.test.ts': "import '@dicache/runtime'",
    },
    /weights → runtime: /,
  ],
  [
    'imports follow the table',
    'a static import of a pack by the host',
    {
      'nodes/image/package.json': manifest('nodes-image'),
      'packages/host/src/index.ts': "await import('@dicache/nodes-image')\nimport '@dicache/nodes-image'",
    },
    /host\/src\/index\.ts:2 host → nodes\/image: .*dynamic/,
  ],
  [
    'imports follow the table',
    'one pack in another',
    {
      'nodes/diffusion/package.json': manifest('nodes-diffusion'),
      'nodes/image/src/index.ts': "import '@dicache/nodes-diffusion'",
    },
    /nodes\/image → nodes\/diffusion: /,
  ],
  [
    'imports follow the table',
    'a room without a row',
    { 'packages/shared/src/index.ts': 'export {}' },
    /shared is not in the import table/,
  ],
  [
    'third-party giants stay in their folder',
    'ONNX Runtime elsewhere',
    { 'packages/weights/src/w.ts': "import 'onnxruntime-node'" },
    /onnxruntime-node may be touched in packages\/runtime\/ only/,
  ],
  [
    'third-party giants stay in their folder',
    'ONNX Runtime by a string',
    { 'nodes/image/src/x.ts': "createRequire(import.meta.url)('onnxruntime-node')" },
    /onnxruntime-node may be touched/,
  ],
  [
    'third-party giants stay in their folder',
    'litegraph beside the canvas',
    { 'web/src/panels/x.ts': "import '@comfyorg/litegraph'" },
    /web\/src\/canvas\/ only/,
  ],
  [
    'third-party giants stay in their folder',
    'ONNX Runtime in a test',
    { 'test/x.test.ts': "import 'onnxruntime-node'" },
    /test\/x\.test\.ts:1 onnxruntime-node may be touched/,
  ],
  [
    'no file imports itself round a cycle',
    'two files',
    {
      'packages/tensor/src/a.ts': "import './b.ts'",
      'packages/tensor/src/b.ts': "import type { A } from './a.ts'",
    },
    /a\.ts → packages\/tensor\/src\/b\.ts → packages\/tensor\/src\/a\.ts/,
  ],
  [
    'no file imports itself round a cycle',
    'two rooms',
    { 'packages/tensor/src/one.ts': "import '@dicache/weights'" },
    /import cycle: .*weights\/src\/index\.ts/,
  ],
]
