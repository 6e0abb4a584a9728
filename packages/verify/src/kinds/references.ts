/** A transformer that looks at other latents beside the one it samples: its velocity for every set of references of the case. */
import type { ReferenceMethod, Transformer } from '@dicache/models'
import { openSplit } from '@dicache/nodes-diffusion'
import { type FloatTensor, fitBatch } from '@dicache/tensor'
import {
  asFloat,
  type CaseReader,
  type Check,
  compareNumbers,
  failedCheck,
  unknownTensor,
  type VerifyContext,
} from '../check.ts'
import { record, text } from '../json.ts'
import { openFluxModel } from './flux-case.ts'

type Run = { readonly name: string; readonly references: readonly string[]; readonly method: ReferenceMethod }

/** `out.none` without references, `out.NAME` with those of `cases.NAME`; with the first block in the probe, and with all. */
export async function* checkReferences(c: CaseReader, context: VerifyContext): AsyncGenerator<Check> {
  const json = record(c.json)
  const runs: readonly Run[] = [
    { name: 'none', references: [], method: 'offset' },
    ...Object.entries(record(json['cases'])).map(([name, run]) => runOf(name, record(run))),
  ]
  const [weights = ''] = Object.keys(record(json['weights']))
  const { file, transformer } = await openFluxModel(c, weights)
  const pending = new Set(c.tensorNames.filter((name) => !name.startsWith('in.')))
  try {
    for (const run of runs) {
      const name = `out.${run.name}`
      if (!pending.delete(name)) {
        yield failedCheck(name, 'the case has no such tensor')
        continue
      }
      const expected = asFloat(name, await c.tensor(name))
      const tolerance = Number(record(record(json['tolerance'])['atol'])[name] ?? 0)
      for (const depth of [1, transformer.blocks]) {
        const out = await velocity(c, context, { transformer, run, depth })
        yield compareNumbers(`${name} (probe of ${depth})`, out, expected, tolerance)
      }
    }
  } finally {
    await file.close()
  }
  for (const name of pending) yield unknownTensor(name)
}

const METHODS: readonly ReferenceMethod[] = ['offset', 'index', 'uxo']

function runOf(name: string, run: Readonly<Record<string, unknown>>): Run {
  const method = METHODS.find((known) => known === run['method'])
  if (method === undefined) throw new TypeError(`${name}: ${text(run['method'])} is no method`)
  const references = Array.isArray(run['references']) ? run['references'].map(text) : []
  return { name, method, references }
}

async function velocity(
  c: CaseReader,
  context: VerifyContext,
  {
    transformer,
    run,
    depth,
  }: { readonly transformer: Transformer; readonly run: Run; readonly depth: number },
): Promise<FloatTensor> {
  const float = async (name: string): Promise<FloatTensor> => asFloat(name, await c.tensor(`in.${name}`))
  const x = await float('x')
  const samples = x.shape[0] ?? 1
  const latents: FloatTensor[] = []
  for (const name of run.references) latents.push(fitBatch(await float(`reference.${name}`), samples))
  const constants = transformer.constants({
    context: await float('txt'),
    pooled: await float('vec'),
    guidance: (await float('guidance')).data[0] ?? 0,
    latentShape: x.shape,
    ...(latents.length > 0 && { references: { latents, method: run.method } }),
  })
  const split = await openSplit(context.openGraph, { transformer, depth, constants, latentShape: x.shape })
  const probe = await split.probe(x, (await float('t')).data[0] ?? 0, undefined)
  const { out } = await split.deep(probe, { start: 0, count: samples })
  return out
}
