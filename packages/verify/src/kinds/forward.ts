/** One forward of a transformer, through the parts that sampling uses: every stream after the probe, and the output, in every layout and dtype. */
import { type FloatTensor, floatTensor, type NamedTensors, sizeOf } from '@dicache/tensor'
import {
  asFloat,
  type CaseReader,
  type Check,
  compareNumbers,
  unknownTensor,
  type VerifyContext,
} from '../check.ts'
import { record, text } from '../json.ts'
import { type FluxCase, fluxConstants, openFluxCase, openFluxSplit } from './flux-case.ts'

/** Families of `forward` cases that this build can run. */
export function coversForward(json: unknown): boolean {
  return text(record(json)['name']).startsWith('flux-')
}

type Streams = {
  readonly h0: FloatTensor
  readonly hm: FloatTensor
  readonly ctx: FloatTensor
  readonly vec: FloatTensor
  readonly out: FloatTensor
  readonly last: FloatTensor
}

export async function* checkForward(c: CaseReader, context: VerifyContext): AsyncGenerator<Check> {
  const atol = record(record(record(c.json)['tolerance'])['atol'])
  const tolerance = (name: string): number => Number(atol[name] ?? 0)
  const expected = async (name: string): Promise<FloatTensor> => asFloat(name, await c.tensor(name))
  const pending = new Set(c.tensorNames.filter((name) => !name.startsWith('in.')))

  async function* compare(
    found: Readonly<Record<string, FloatTensor>>,
    suffix: string,
  ): AsyncGenerator<Check> {
    for (const [name, got] of Object.entries(found)) {
      if (!c.tensorNames.includes(name)) continue
      pending.delete(name)
      yield compareNumbers(`${name}${suffix}`, got, await expected(name), tolerance(name))
    }
  }

  for (const file of Object.keys(record(record(c.json)['weights']))) {
    const model = await openFluxCase(c, file)
    try {
      const stored = /\.(bf16|fp16|fp8_e4m3fn)\.safetensors$/.exec(file)?.[1]
      if (stored !== undefined) {
        const { out } = await runForward(c, context, { model, depth: 1 })
        yield* compare({ [`out.${stored}`]: out }, '')
        continue
      }
      const suffix = file === 'weights.safetensors' ? '' : ` (${file})`
      const start = await runForward(c, context, { model, depth: 0 })
      yield* compare({ 'txt.embed': start.ctx }, suffix)
      for (const depth of [1, 2]) {
        const at = await runForward(c, context, { model, depth })
        yield* compare({ [`img.block${depth - 1}`]: at.hm, [`txt.block${depth - 1}`]: at.ctx }, suffix)
        if (depth === 1)
          yield* compare({ 'img.embed': at.h0, vec: at.vec, 'img.last': at.last, out: at.out }, suffix)
        yield* compare({ out: at.out }, `${suffix} (probe of ${depth})`)
      }
      const whole = await runForward(c, context, { model, depth: model.transformer.blocks })
      yield* compare({ out: whole.out }, `${suffix} (one part)`)
    } finally {
      await model.file.close()
    }
  }
  for (const name of pending) yield unknownTensor(name)
}

/** Probe then deep on the case's inputs. */
export async function runForward(
  c: CaseReader,
  context: VerifyContext,
  run: { readonly model: FluxCase; readonly depth: number },
): Promise<Streams> {
  const constants: NamedTensors = await fluxConstants(c, run.model.config, 'in.')
  const x = asFloat('in.x', await c.tensor('in.x'))
  const sigma = asFloat('in.t', await c.tensor('in.t')).data[0] ?? 0
  const split = await openFluxSplit(context.openGraph, run.model, {
    depth: run.depth,
    constants,
    shape: x.shape,
  })
  const { transformer } = run.model
  const embed = await context.openGraph(transformer.parts(run.depth).embed)
  const embedded = await embed.run(transformer.embedding.inputs(constants, [sigma]))
  const probe = await split.probe(x, sigma, undefined)
  const deep = await split.deep(probe, { start: 0, count: x.shape[0] ?? 1 })
  const named = (tensors: NamedTensors, name: string): FloatTensor => {
    const tensor = tensors[name]
    if (tensor === undefined) throw new TypeError(`the graph gave no ${name}`)
    return asFloat(name, tensor)
  }
  const last = floatTensor(deep.residual.shape, new Float32Array(sizeOf(deep.residual.shape)))
  deep.residual.data.forEach((value, n) => {
    last.data[n] = value + (probe.h0.data[n] ?? 0)
  })
  return {
    h0: probe.h0,
    hm: probe.hm,
    ctx: named(probe.carried, 'ctx'),
    vec: named(embedded, 'vec'),
    out: deep.out,
    last,
  }
}
