import { alignGraph } from '@dicache/models'
import { createRuntime, type Runtime } from '@dicache/runtime'
import { type FloatTensor, floatTensor, type NamedTensors, type OpenGraph } from '@dicache/tensor'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { CheckCase } from '../check.ts'
import { list, record, text } from '../json.ts'
import { fixtureFolder, runCheck } from '../testing/run-check.ts'
import { checkUnits } from './dicache-units.ts'

const GROUPS = [
  'inside',
  'below',
  'above',
  'above-wan',
  'opposite',
  'zero-over-zero',
  'over-zero',
  'one-anchor',
]
let runtime: Runtime

beforeAll(async () => {
  runtime = await createRuntime({ device: 'cpu' })
})
afterAll(() => runtime.dispose())

test('every group, gate row and change matches', async () => {
  const checks = await runCheck(fixtureFolder('dicache-units'), checkUnits, runtime.openGraph)
  expect(checks.filter(({ ok }) => !ok)).toEqual([])
  expect(checks.map(({ name }) => name)).toEqual([
    ...GROUPS.flatMap((name) =>
      name === 'one-anchor'
        ? [`${name} official`, `${name} official aligned`, `${name} reference`, `${name} reference aligned`]
        : [
            `${name} official`,
            `${name} official aligned`,
            `${name} official gamma`,
            `${name} official gamma clipped`,
            `${name} reference`,
            `${name} reference aligned`,
            `${name} reference gamma`,
          ],
    ),
    ...Array.from({ length: 7 }, (_, n) => [`gate ${n} accumulator`, `gate ${n} reuse`]).flat(),
    'change rel0.now',
    'change rel1.now',
    'change rel2.now',
  ])
})

/** Names of the groups that fail when the alignment is fed something else. */
async function failing(change: (inputs: NamedTensors) => NamedTensors): Promise<readonly string[]> {
  const openGraph: OpenGraph = async (source, signal) => {
    const session = await runtime.openGraph(source, signal)
    return {
      run: (inputs, options) => session.run('r1' in inputs ? change(inputs) : inputs, options),
    }
  }
  const checks = await runCheck(fixtureFolder('dicache-units'), checkUnits, openGraph)
  return [...new Set(checks.filter(({ ok }) => !ok).map(({ name }) => name.split(' ', 2).join(' ')))]
}

/** One input replaced by another of the same kind. */
function instead(name: string, other: string): (inputs: NamedTensors) => NamedTensors {
  return (inputs) => ({ ...inputs, [name]: inputs[other] ?? floatTensor([1]) })
}

describe('a mistake in the alignment does not pass', () => {
  const both = (...names: readonly string[]): readonly string[] =>
    names.flatMap((name) => [`${name} official`, `${name} reference`])

  test.each<[string, (inputs: NamedTensors) => NamedTensors, readonly string[]]>([
    [
      'the residuals the other way round',
      ({ r1, r2, ...rest }) => (r1 === undefined || r2 === undefined ? rest : { ...rest, r1: r2, r2: r1 }),
      [
        ...both('inside', 'below', 'above', 'above-wan', 'opposite'),
        'zero-over-zero reference', // official is not a number throughout
        ...both('over-zero'),
      ],
    ],
    [
      'the probe against the newest anchor',
      instead('p2', 'p1'),
      both('inside', 'below', 'above', 'above-wan', 'opposite'),
    ],
    [
      'no clip',
      (inputs) => ({ ...inputs, clip: floatTensor([2], Float32Array.of(-1e9, 1e9)) }),
      [...both('below', 'above'), 'over-zero official'],
    ],
    [
      'no fall-back',
      (inputs) => ({ ...inputs, guard: { dtype: 'bool', shape: [1], data: Uint8Array.of(0) } }),
      ['zero-over-zero reference', 'over-zero reference'],
    ],
    [
      'a fall-back that the released code has not',
      (inputs) => ({ ...inputs, guard: { dtype: 'bool', shape: [1], data: Uint8Array.of(1) } }),
      ['zero-over-zero official', 'over-zero official'],
    ],
    [
      'one anchor taken for two',
      (inputs) => ({ ...inputs, anchors: floatTensor([1], Float32Array.of(2)) }),
      ['one-anchor official'],
    ],
  ])('%s', async (_, change, failed) => {
    expect(await failing(change)).toEqual(failed)
  })
})

/** Names of the checks that fail on a case with other JSON. */
async function failingAfter(
  change: (json: Readonly<Record<string, unknown>>) => unknown,
): Promise<readonly string[]> {
  const changed: CheckCase = (c, context) => checkUnits({ ...c, json: change(record(c.json)) }, context)
  const checks = await runCheck(fixtureFolder('dicache-units'), changed, runtime.openGraph)
  return checks.filter(({ ok }) => !ok).map(({ name }) => name)
}

describe('a mistake in a gate or a change does not pass', () => {
  const turned: Readonly<Record<string, string>> = {
    'accumulator < threshold': 'accumulator <= threshold',
    'accumulator <= threshold': 'accumulator < threshold',
  }

  test('< for <=, and the other way round', async () => {
    const failed = await failingAfter((json) => ({
      ...json,
      gates: list(json['gates']).map((gate) => ({
        ...record(gate),
        reuse_when: turned[text(record(gate)['reuse_when'])],
      })),
    }))
    // The last gate never meets its threshold; the two before it stay at 0 either way.
    expect(failed).toEqual([
      ...[0, 1, 2, 3].flatMap((n) => [`gate ${n} accumulator`, `gate ${n} reuse`]),
      'gate 4 reuse',
      'gate 5 reuse',
    ])
  })

  test('a condition that is not known', async () => {
    const failed = await failingAfter((json) => ({
      ...json,
      gates: [{ reuse_when: 'accumulator > threshold', threshold: 1, rows: [] }],
    }))
    expect(failed).toEqual(['gate 0'])
  })

  test('now and before the other way round', async () => {
    const failed = await failingAfter((json) => ({
      ...json,
      changes: list(json['changes']).map((row) => ({
        ...record(row),
        now: record(row)['before'],
        before: record(row)['now'],
      })),
    }))
    expect(failed).toEqual(['change rel0.before', 'change rel2.before'])
  })

  test('tensors that no check uses', async () => {
    const failed = await failingAfter((json) => ({ ...json, changes: [] }))
    expect(failed.toSorted()).toEqual([0, 1, 2].flatMap((n) => [`rel${n}.before`, `rel${n}.now`]))
  })
})

describe('γ of samples', () => {
  /** Two samples of two values: chords of 1 and 3, of which the probe went 1 and 6. */
  async function gammaOf(groups: readonly number[]): Promise<readonly number[]> {
    const session = await runtime.openGraph(alignGraph())
    const tokens = (first: number, second: number): FloatTensor =>
      floatTensor([2, 1, 2], Float32Array.of(first, first, second, -second))
    const outputs = await session.run({
      h0: tokens(10, 10),
      hm: tokens(11, 16),
      r1: tokens(5, 5),
      r2: tokens(4, 4),
      p1: tokens(1, 3),
      p2: tokens(0, 0),
      groups: floatTensor([2, 2], Float32Array.from(groups)),
      clip: floatTensor([2], Float32Array.of(0, 10)),
      anchors: floatTensor([1], Float32Array.of(2)),
      guard: { dtype: 'bool', shape: [1], data: Uint8Array.of(1) },
    })
    // x = h0 + r2 + γ (r1 − r2) = 14 + γ at the first value of each sample.
    const { x, gamma } = outputs
    if (x?.dtype !== 'float32' || gamma?.dtype !== 'float32') throw new Error('no output')
    expect([0, 2].map((at) => (x.data[at] ?? 0) - 14)).toEqual([...gamma.data])
    return [...gamma.data]
  }

  test('that decide together are one ratio of sums', async () => {
    expect(await gammaOf([1, 1, 1, 1])).toEqual([7 / 4, 7 / 4])
  })

  test('that decide alone are their own', async () => {
    expect(await gammaOf([1, 0, 0, 1])).toEqual([1, 2])
  })
})
