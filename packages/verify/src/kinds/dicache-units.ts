/** DiCache's formulas on small tensors, through the pieces that the model graphs are made of, and its gate row by row. */
import { clip, COLD, decide, type DiCachePolicy, type GateState, policyOf } from '@dicache/diffusion'
import { alignGraph, changeGraph } from '@dicache/models'
import { type FloatTensor, floatTensor, type GraphSession, type Tensor } from '@dicache/tensor'
import {
  asFloat,
  type CaseReader,
  type Check,
  compareNumbers,
  failedCheck,
  listOf,
  unknownTensor,
  type VerifyContext,
} from '../check.ts'
import { list, numberOf, numbersOf, record, text } from '../json.ts'

export async function* checkUnits(c: CaseReader, context: VerifyContext): AsyncGenerator<Check> {
  const json = record(c.json)
  const tolerance = Number(record(json['tolerance'])['atol'] ?? 0)
  const used = new Set<string>()
  const tensor = async (name: string): Promise<FloatTensor> => {
    used.add(name)
    return asFloat(name, await c.tensor(name))
  }
  const source: Source = { tensor, has: (name) => c.tensorNames.includes(name), tolerance }

  const alignment = await context.openGraph(alignGraph())
  for (const [name, group] of Object.entries(record(json['groups']))) {
    for (const semantics of ['official', 'reference'] as const) {
      yield* checkGroup(source, alignment, { name, group: record(group), semantics })
    }
  }
  for (const [n, gate] of list(json['gates']).entries()) yield* checkGate(`gate ${n}`, record(gate))
  const change = await context.openGraph(changeGraph())
  for (const row of list(json['changes'])) yield await checkChange(source, change, record(row))
  for (const name of c.tensorNames) if (!used.has(name)) yield unknownTensor(name)
}

type Source = {
  readonly tensor: (name: string) => Promise<FloatTensor>
  readonly has: (name: string) => boolean
  readonly tolerance: number
}

type Group = {
  readonly name: string
  readonly group: Readonly<Record<string, unknown>>
  readonly semantics: 'official' | 'reference'
}

/** x + R₀ + γ(R₁ − R₀) with one γ over the whole batch; the fixture's 1 is the newest anchor, as ours is. */
async function* checkGroup(
  source: Source,
  session: GraphSession,
  { name, group, semantics }: Group,
): AsyncGenerator<Check> {
  const named = (part: string): Promise<FloatTensor> => source.tensor(`${name}.${part}`)
  const two = source.has(`${name}.R0`)
  const h0 = await named('x')
  const [r1, p1] = [await named('R1'), await named('P1')]
  const bounds = numbersOf(group['clip'])
  const samples = h0.shape[0] ?? 1
  const outputs = await session.run({
    h0,
    hm: await named('probe'),
    r1,
    p1,
    r2: two ? await named('R0') : r1,
    p2: two ? await named('P0') : p1,
    groups: floatTensor([samples, samples], new Float32Array(samples * samples).fill(1)),
    clip: floatTensor([2], Float32Array.from(bounds)),
    anchors: floatTensor([1], Float32Array.of(two ? 2 : 1)),
    guard: { dtype: 'bool', shape: [1], data: Uint8Array.of(semantics === 'reference' ? 1 : 0) },
  })
  const label = `${name} ${semantics}`
  const x = asFloat('x', outputOf(outputs['x'], 'x'))
  yield compareNumbers(label, x, await named(semantics), source.tolerance)
  const dcta = two && (semantics === 'official' || text(group['reference']) === 'dcta')
  const aligned = outputOf(outputs['aligned'], 'aligned')
  const flags = Array.from(aligned.data, Number)
  yield compareNumbers(`${label} aligned`, listOf(flags), listOf(flags.map(() => (dcta ? 1 : 0))), 0)
  if (!two) return
  const gamma = asFloat('gamma', outputOf(outputs['gamma'], 'gamma'))
  const raw = numberOf(group['gamma_raw']) ?? Number.NaN
  yield compareNumbers(`${label} gamma`, gamma, all(gamma, raw), source.tolerance)
  if (semantics !== 'official') return
  const [low = 0, high = 0] = bounds
  const clipped = { ...gamma, data: gamma.data.map((value) => clip(value, [low, high])) }
  const official = numberOf(group['gamma_official']) ?? Number.NaN
  yield compareNumbers(`${label} gamma clipped`, clipped, all(gamma, official), source.tolerance)
}

function all(like: FloatTensor, value: number): FloatTensor {
  return { ...like, data: new Float32Array(like.data.length).fill(value) }
}

function outputOf(tensor: Tensor | undefined, name: string): Tensor {
  if (tensor === undefined) throw new TypeError(`the graph gave no output ${name}`)
  return tensor
}

const REUSE_WHEN: Readonly<Record<string, DiCachePolicy['reuseWhen']>> = {
  'accumulator < threshold': 'less',
  'accumulator <= threshold': 'less-or-equal',
}

/** The accumulator and the decision of each row, exactly. */
function* checkGate(label: string, gate: Readonly<Record<string, unknown>>): Generator<Check> {
  const reuseWhen = REUSE_WHEN[text(gate['reuse_when'])]
  if (reuseWhen === undefined) {
    yield failedCheck(label, `not covered: reuse when ${text(gate['reuse_when'])}`)
    return
  }
  const policy = {
    ...policyOf({
      profile: 'flux',
      steps: 1,
      threshold: Number(gate['threshold']),
      reuseWhen,
      forceLast: false,
    }),
    warmupSteps: 0,
  }
  const rows = list(gate['rows']).map(record)
  let state: GateState = { ...COLD, anchors: 2 }
  const decisions = rows.map((row, step) => {
    const change = { deltaX: 0, deltaY: numberOf(row['error']) ?? Number.NaN }
    const decision = decide(policy, state, { place: { step, steps: rows.length }, change })
    state = decision.state
    return decision
  })
  const sums = decisions.map(({ accCompared }) => accCompared ?? Number.NaN)
  const expected = rows.map((row) => numberOf(row['acc_compared']) ?? Number.NaN)
  yield compareNumbers(`${label} accumulator`, listOf(sums), listOf(expected), 0)
  const reused = decisions.map(({ action }) => (action === 'reuse' ? 1 : 0))
  yield compareNumbers(
    `${label} reuse`,
    listOf(reused),
    listOf(rows.map((row) => Number(row['reuse'] === true))),
    0,
  )
}

/** mean|now − before| / mean|before| over the whole tensor: the graph's means a sample, averaged. */
async function checkChange(
  source: Source,
  session: GraphSession,
  row: Readonly<Record<string, unknown>>,
): Promise<Check> {
  const [now, before] = [text(row['now']), text(row['before'])]
  const outputs = await session.run({ now: await source.tensor(now), before: await source.tensor(before) })
  const meanOf = (name: string): number => {
    const { data } = asFloat(name, outputOf(outputs[name], name))
    return data.reduce((sum, value) => sum + value, 0) / data.length
  }
  const value = meanOf('difference') / meanOf('magnitude')
  const expected = numberOf(row['value']) ?? Number.NaN
  return compareNumbers(`change ${now}`, listOf([value]), listOf([expected]), source.tolerance)
}
