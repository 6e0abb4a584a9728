/** Golden checks of kind `noise`: torch's CPU random numbers and the batches that ComfyUI draws with them. */
import { createTorchGenerator, type FloatTensor, latentNoise, type Tensor } from '@dicache/tensor'
import { asFloat, asNumbers, type CaseReader, type Check, compareUlps, unknownTensor } from '../check.ts'

/** The seed of the `sequence` and `batch` tensors, as the case's meanings state it. */
const sharedSeed = 42

/** Inputs of the case: read, but nothing to be computed. */
const inputs: ReadonlySet<string> = new Set(['batch/index'])

/** Checks every tensor of a noise case. */
export async function* checkNoise(c: CaseReader): AsyncIterable<Check> {
  const drawn = await drawSequence(c)
  for (const name of c.tensorNames) {
    if (inputs.has(name)) continue
    const expected = await c.tensor(name)
    const got = drawn.get(name) ?? (await draw(c, name, expected))
    yield got === undefined
      ? unknownTensor(name)
      : compareUlps(name, got, asFloat(name, expected), tolerance(name, expected))
  }
}

/** Calls 0, 1, 2 … on one generator: the order matters, not the order of the names in the file. */
async function drawSequence(c: CaseReader): Promise<ReadonlyMap<string, FloatTensor>> {
  const generator = createTorchGenerator(sharedSeed)
  const drawn = new Map<string, FloatTensor>()
  const known = new Set(c.tensorNames)
  for (let call = 0; known.has(`sequence/${call}`); call++) {
    const name = `sequence/${call}`
    drawn.set(name, generator.randn((await c.tensor(name)).shape))
  }
  return drawn
}

/** The tensor that a name asks for, in the expected shape, or nothing for a name that is not known. */
async function draw(c: CaseReader, name: string, { shape }: Tensor): Promise<FloatTensor | undefined> {
  if (name === 'batch/whole') return latentNoise(shape, sharedSeed)
  if (name === 'batch/indexed') {
    const rows = asNumbers('batch/index', await c.tensor('batch/index'))
    return latentNoise(shape, sharedSeed, Array.from(rows.data))
  }
  const [, kind, seed] = /^(randn?)\/(0x[0-9a-f]+)\/\d+(?:x\d+)*$/.exec(name) ?? []
  if (kind === undefined || seed === undefined) return undefined
  const generator = createTorchGenerator(BigInt(seed))
  return kind === 'rand' ? generator.rand(shape) : generator.randn(shape)
}

/**
 * In ulps, as the case states: uniform bit exact; normal below 16 values 1; from 16 values 4, because torch uses
 * vectorised float32 approximations there.
 */
function tolerance(name: string, { data }: Tensor): number {
  if (name.startsWith('rand/')) return 0
  // Indexed rows are drawn one by one, so a row decides, but these rows are of 16 values and more.
  return data.length < 16 ? 1 : 4
}
