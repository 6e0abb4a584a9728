/** The alpha of a LoRA pair: in a tensor of its own, in the adapter metadata that diffusers writes, or the rank. */
import { DTYPES } from './dtypes.ts'
import { WeightsError } from './errors.ts'
import type { WeightFile } from './weight-file.ts'

/** The alpha that the metadata gives a module of some rank, if any. */
export type AdapterAlpha = (module: string, rank: number) => number | undefined

const METADATA_KEY = 'lora_adapter_metadata'

/**
 * Reads diffusers' adapter metadata (JSON in the header): `transformer.lora_alpha`, the exceptions in
 * `transformer.alpha_pattern`, and `transformer.use_rslora`, which scales by 1/√rank instead of 1/rank.
 * @throws BAD_HEADER when it is there but malformed
 */
export function readAdapterAlpha({ path, metadata }: Pick<WeightFile, 'path' | 'metadata'>): AdapterAlpha {
  const text = metadata[METADATA_KEY]
  if (text === undefined) return () => undefined
  const config = parseConfig(text, path)
  const usual = config.get('transformer.lora_alpha')
  const pattern: readonly (readonly [string, unknown])[] = Object.entries(
    config.get('transformer.alpha_pattern') ?? {},
  )
  const squareRoot = config.get('transformer.use_rslora') === true
  return function adapterAlpha(module, rank) {
    const own = pattern.find(([name]) => module === name || module.endsWith(`.${name}`))?.[1] ?? usual
    if (typeof own !== 'number') return undefined
    return squareRoot ? own * Math.sqrt(rank) : own
  }
}

function parseConfig(text: string, path: string): ReadonlyMap<string, unknown> {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null) return new Map(Object.entries(value))
  } catch (cause) {
    throw new WeightsError('BAD_HEADER', `its "${METADATA_KEY}" is no JSON`, { path, cause })
  }
  throw new WeightsError('BAD_HEADER', `its "${METADATA_KEY}" is no object`, { path })
}

/**
 * The one number in a 0-d or one-element tensor.
 * @throws WRONG_SHAPE when it holds not one number; WRONG_DTYPE
 */
export async function readScalar(
  file: Pick<WeightFile, 'path' | 'tensors' | 'readFloat32' | 'readTensor'>,
  key: string,
  signal?: AbortSignal,
): Promise<number> {
  const dtype = file.tensors.get(key)?.dtype
  const isFloat = dtype !== undefined && DTYPES[dtype].kind === 'float'
  const { data } = await (isFloat ? file.readFloat32(key, signal) : file.readTensor(key, signal))
  const value = Number(data[0])
  if (data.length === 1 && Number.isFinite(value)) return value
  throw new WeightsError('WRONG_SHAPE', 'it should hold one finite number', { path: file.path, key })
}
