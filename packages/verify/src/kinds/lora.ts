/** A transformer with LoRA files beside its weights: the output of each at the case's strength, and without any. */
import path from 'node:path'
import { createLoraPath, fluxLoraTargets } from '@dicache/models'
import { openWeights } from '@dicache/weights'
import {
  asFloat,
  type CaseReader,
  type Check,
  compareNumbers,
  failedCheck,
  unknownTensor,
  type VerifyContext,
} from '../check.ts'
import { record } from '../json.ts'
import { openFluxCase } from './flux-case.ts'
import { runForward } from './forward.ts'

/** `lora.NAME.safetensors` gives `out.NAME`; the model's own file gives `out.none`. */
const LORA_FILE = /^lora\.(.+)\.safetensors$/

type Run = { readonly name: string; readonly loraFile?: string }

export async function* checkLora(c: CaseReader, context: VerifyContext): AsyncGenerator<Check> {
  const json = record(c.json)
  const files = Object.keys(record(json['weights']))
  const base = files.find((file) => !LORA_FILE.test(file)) ?? ''
  const runs: readonly Run[] = [
    { name: 'none' },
    ...files.flatMap((file) => {
      const name = LORA_FILE.exec(file)?.[1]
      return name === undefined ? [] : [{ name, loraFile: file }]
    }),
  ]
  const pending = new Set(c.tensorNames.filter((name) => !name.startsWith('in.')))
  for (const run of runs) {
    const name = `out.${run.name}`
    if (!pending.delete(name)) yield failedCheck(name, 'the case has no such tensor')
    else yield* checkRun(c, context, { ...run, base })
  }
  for (const name of pending) yield unknownTensor(name)
}

/** Compares with every block after the probe, with the probe that sampling uses, and with every block in the probe. */
async function* checkRun(
  c: CaseReader,
  context: VerifyContext,
  run: Run & { readonly base: string },
): AsyncGenerator<Check> {
  const json = record(c.json)
  const name = `out.${run.name}`
  const tolerance = Number(record(record(json['tolerance'])['atol'])[name] ?? 0)
  const expected = asFloat(name, await c.tensor(name))
  const plain = await openFluxCase(c, run.base)
  try {
    const lora =
      run.loraFile === undefined
        ? undefined
        : await openLora(c, { file: run.loraFile, strength: Number(json['strength']), config: plain.config })
    if (lora !== undefined) {
      const unused = lora.unmatched.flatMap(({ keys }) => keys)
      const note = unused.length === 0 ? 'every key is used' : `not used: ${unused.join(', ')}`
      yield { name: `${name} keys`, worst: unused.length, tolerance: 0, ok: unused.length === 0, note }
    }
    const model = lora === undefined ? plain : await openFluxCase(c, run.base, lora)
    try {
      for (const depth of [0, 1, model.transformer.blocks]) {
        const { out } = await runForward(c, context, { model, depth })
        yield compareNumbers(`${name} (probe of ${depth})`, out, expected, tolerance)
      }
    } finally {
      if (model !== plain) await model.file.close()
    }
  } finally {
    await plain.file.close()
  }
}

async function openLora(
  c: CaseReader,
  spec: {
    readonly file: string
    readonly strength: number
    readonly config: Parameters<typeof fluxLoraTargets>[0]
  },
): ReturnType<typeof createLoraPath> {
  const file = await openWeights(path.join(c.folder, spec.file))
  try {
    return await createLoraPath([{ file, strength: spec.strength }], fluxLoraTargets(spec.config))
  } finally {
    await file.close()
  }
}
