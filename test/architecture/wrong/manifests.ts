/** Wrong manifests, and what the rule must say of them. */
import { manifest, type WrongCase } from './case.ts'

/** Cases of manifests. */
export const wrongManifests: readonly WrongCase[] = [
  [
    'package.json names what is imported, and nothing else',
    'a missing dependency',
    { 'packages/weights/package.json': manifest('weights') },
    /dependencies lack @dicache\/tensor/,
  ],
  [
    'package.json names what is imported, and nothing else',
    'a dependency for tests only',
    {
      'packages/weights/package.json': manifest('weights', {
        devDependencies: { '@dicache/tensor': 'workspace:*' },
      }),
    },
    /dependencies lack @dicache\/tensor, which its sources import/,
  ],
  [
    'package.json names what is imported, and nothing else',
    'a missing package of a test',
    {
      'packages/tensor/src/p.test.ts': "import 'fast-check'",
    },
    /devDependencies lack fast-check/,
  ],
  [
    'package.json names what is imported, and nothing else',
    'an unused dependency',
    {
      'packages/tensor/package.json': manifest('tensor', { dependencies: { ajv: 'catalog:' } }),
    },
    /dependencies name ajv, which no source imports/,
  ],
  [
    'package.json names what is imported, and nothing else',
    'an unused package of a test',
    {
      'packages/tensor/package.json': manifest('tensor', { devDependencies: { ajv: 'catalog:' } }),
    },
    /devDependencies name ajv, which no test imports/,
  ],
  [
    'package.json names what is imported, and nothing else',
    'a version of its own',
    {
      'packages/weights/package.json': manifest('weights', { dependencies: { '@dicache/tensor': '^1.0.0' } }),
    },
    /asks for @dicache\/tensor \^1\.0\.0; say workspace:\*/,
  ],
  [
    'package.json names what is imported, and nothing else',
    'another name',
    { 'packages/tensor/package.json': manifest('tensors') },
    /its folder makes it @dicache\/tensor/,
  ],
  [
    'package.json names what is imported, and nothing else',
    'no manifest',
    { 'packages/onnx/src/index.ts': 'export {}' },
    /packages\/onnx has sources and no package\.json/,
  ],
]
