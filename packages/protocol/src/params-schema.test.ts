import { expect, it } from 'vitest'
import { paramsSchema } from './index.ts'

const schema = paramsSchema('Demo', [
  { name: 'steps', kind: 'int', min: 1, max: 10, step: 1 },
  { name: 'cfg', kind: 'float', min: 0, step: 0.1 },
  { name: 'seed', kind: 'seed', default: '0' },
  { name: 'mode', kind: 'choice', options: ['a', 'b'] },
  { name: 'file', kind: 'choice', source: 'input' },
  { name: 'free', kind: 'int', min: 1, step: 1, checkedByNode: true },
])

it('accepts what the declarations allow', () => {
  expect(
    schema.faults({ steps: 1, cfg: 1e9, seed: 18446744073709551615n, mode: 'b', file: 'x', free: -5 }),
  ).toEqual([])
  expect(schema.faults({})).toEqual([])
})

it.each([
  [{ steps: 0 }, 'minimum'],
  [{ steps: 11 }, 'maximum'],
  [{ steps: 1.5 }, 'type'],
  [{ cfg: Number.NaN }, 'type'],
  [{ cfg: Infinity }, 'type'],
  [{ seed: -1n }, 'seed'],
  [{ seed: 18446744073709551616n }, 'seed'],
  [{ seed: 1 }, 'seed'],
  [{ mode: 'c' }, 'enum'],
  [{ file: 5 }, 'type'],
])('refuses %o', (values, keyword) => {
  const [fault] = schema.faults(values)
  expect(fault).toMatchObject({ path: `/${Object.keys(values)[0]}`, keyword })
})
