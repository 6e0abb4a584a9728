/** A linear map from latents to colours: good enough to see what becomes of a picture, and almost free. */
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import type { FloatTensor } from '@dicache/tensor'

/** colour = latent · factors + bias, per latent pixel; colours are 0..1. */
export type LatentMap = {
  /** One row a latent channel: red, green, blue. */
  readonly factors: readonly (readonly [number, number, number])[]
  readonly bias: readonly [number, number, number]
}

/** 8-bit RGB. */
export type LatentPicture = {
  readonly data: Uint8Array
  readonly widthPx: number
  readonly heightPx: number
}

/**
 * The map that lies beside a weight file: `flux-emoji.preview.json` for `flux-emoji.safetensors`. Undefined when there is
 * none; `fault` says what is wrong with one that cannot be used.
 */
export async function readLatentMap(
  weightFile: string,
): Promise<{ readonly map?: LatentMap; readonly fault?: string }> {
  const { dir, name } = path.parse(weightFile)
  const file = path.join(dir, `${name}.preview.json`)
  const text = await readFile(file, 'utf8').catch(() => undefined)
  if (text === undefined) return {}
  try {
    const value: unknown = JSON.parse(text)
    if (isLatentMap(value)) return { map: value }
  } catch (error) {
    return { fault: `${file} is not JSON: ${error instanceof Error ? error.message : String(error)}` }
  }
  return { fault: `${file} is no preview: it needs "factors", a list of [red, green, blue], and "bias"` }
}

/** Paints the first latent of a batch, `[B, C, H, W]`; undefined for another number of channels or axes. */
export function paintLatent(map: LatentMap, latent: FloatTensor): LatentPicture | undefined {
  const [batch = 0, channels = 0, heightPx = 0, widthPx = 0] = latent.shape
  if (latent.shape.length !== 4 || batch < 1 || channels !== map.factors.length) return undefined
  const area = heightPx * widthPx
  const colours = new Float32Array(area * 3)
  for (let at = 0; at < colours.length; at += 1) colours[at] = map.bias[at % 3] ?? 0
  for (const [channel, [red, green, blue]] of map.factors.entries()) {
    for (let pixel = 0; pixel < area; pixel += 1) {
      const value = latent.data[channel * area + pixel] ?? 0
      const to = pixel * 3
      colours[to] = (colours[to] ?? 0) + value * red
      colours[to + 1] = (colours[to + 1] ?? 0) + value * green
      colours[to + 2] = (colours[to + 2] ?? 0) + value * blue
    }
  }
  const data = new Uint8Array(colours.length)
  // NaN becomes 0: a picture of a run gone wrong is black, not an error.
  for (let at = 0; at < data.length; at += 1)
    data[at] = Math.round(255 * Math.min(1, Math.max(0, colours[at] ?? 0)))
  return { data, widthPx, heightPx }
}

function isLatentMap(value: unknown): value is LatentMap {
  return (
    typeof value === 'object' &&
    value !== null &&
    'factors' in value &&
    'bias' in value &&
    Array.isArray(value.factors) &&
    value.factors.length > 0 &&
    value.factors.every(isColour) &&
    isColour(value.bias)
  )
}

function isColour(value: unknown): value is readonly [number, number, number] {
  return Array.isArray(value) && value.length === 3 && value.every((part) => Number.isFinite(part))
}
