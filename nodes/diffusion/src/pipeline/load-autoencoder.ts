/** An autoencoder file as a VAE value. */
import path from 'node:path'
import {
  type AutoencoderConfig,
  decoderGraph,
  encoderGraph,
  fromModelLatent,
  toModelLatent,
} from '@dicache/models'
import type { HostServices } from '@dicache/sdk'
import { type FloatTensor, floatTensor, type NamedTensors } from '@dicache/tensor'
import type { SharedModelFile } from './open-model-file.ts'
import { mapTiled, type TileRun } from './tiles.ts'
import type { VaeTiles, VaeValue } from './values.ts'

/** Sessions are opened with the first picture or latent. */
export function autoencoder(host: HostServices, model: SharedModelFile, config: AutoencoderConfig): VaeValue {
  const source = { file: model.file, config, compute: 'float32', weights: model.weights } as const

  async function run(
    half: 'decoder' | 'encoder',
    inputs: NamedTensors,
    signal: AbortSignal,
  ): Promise<NamedTensors> {
    const graph = half === 'decoder' ? decoderGraph : encoderGraph
    signal.throwIfAborted()
    const session = await host.openGraph(graph(source, model.key), signal)
    return session.run(inputs)
  }

  return {
    name: path.basename(model.path),
    latentChannels: config.latentChannels,
    scale: config.downscale,
    async decode(latent, signal, tiles) {
      if (latent.shape[1] !== config.latentChannels) {
        throw new RangeError(
          `the latent has ${latent.shape[1] ?? 0} channels, ${path.basename(model.path)} decodes ${config.latentChannels}; use the VAE that belongs to the model`,
        )
      }
      const map = async (part: FloatTensor): Promise<FloatTensor> =>
        floatOf(await run('decoder', { latent: part }, signal), 'image')
      return toImage(await inTiles(fromModelLatent(config, latent), { map, scale: config.downscale, tiles }))
    },
    async encode(image, signal, tiles) {
      const map = async (part: FloatTensor): Promise<FloatTensor> =>
        floatOf(await run('encoder', { image: part }, signal), 'mean')
      const planes = toPlanes(cropToMultiple(image, config.downscale))
      return toModelLatent(config, await inTiles(planes, { map, scale: 1 / config.downscale, tiles }))
    },
  }
}

/** The whole at once, or in tiles. */
function inTiles(
  input: FloatTensor,
  {
    map,
    scale,
    tiles,
  }: Pick<TileRun, 'map'> & { readonly scale: number; readonly tiles: VaeTiles | undefined },
): Promise<FloatTensor> {
  if (tiles === undefined) return map(input)
  const { size, overlap, onTile } = tiles
  return mapTiled(
    input,
    { width: size, height: size, overlap, scale },
    { map, ...(onTile === undefined ? {} : { onTile }) },
  )
}

function floatOf(tensors: NamedTensors, name: 'image' | 'mean'): FloatTensor {
  const tensor = tensors[name]
  if (tensor?.dtype !== 'float32') throw new TypeError(`the autoencoder gave no ${name}`)
  return tensor
}

/** [B, 3, H, W] in −1..1 → [B, H, W, 3] in 0..1, clamped. */
function toImage(planes: FloatTensor): FloatTensor {
  const [batch = 0, channels = 0, height = 0, width = 0] = planes.shape
  const area = height * width
  const image = floatTensor([batch, height, width, channels])
  for (let plane = 0; plane < batch * channels; plane += 1) {
    const to = Math.floor(plane / channels) * area * channels + (plane % channels)
    for (let pixel = 0; pixel < area; pixel += 1) {
      image.data[to + pixel * channels] = Math.min(
        1,
        Math.max(0, ((planes.data[plane * area + pixel] ?? 0) + 1) / 2),
      )
    }
  }
  return image
}

/** [B, H, W, ≥3] in 0..1 → [B, 3, H, W] in −1..1. */
function toPlanes(image: FloatTensor): FloatTensor {
  const [batch = 0, height = 0, width = 0, channels = 0] = image.shape
  const area = height * width
  const planes = floatTensor([batch, 3, height, width])
  for (let plane = 0; plane < batch * 3; plane += 1) {
    const from = Math.floor(plane / 3) * area * channels + (plane % 3)
    for (let pixel = 0; pixel < area; pixel += 1)
      planes.data[plane * area + pixel] = (image.data[from + pixel * channels] ?? 0) * 2 - 1
  }
  return planes
}

/** Cuts the centre whose sides are multiples of `step`, as ComfyUI does before encoding. */
function cropToMultiple(image: FloatTensor, step: number): FloatTensor {
  const [batch = 0, height = 0, width = 0, channels = 0] = image.shape
  const [top, left] = [height % step, width % step].map((rest) => Math.floor(rest / 2))
  const [rows, columns] = [height - (height % step), width - (width % step)]
  if (rows === height && columns === width) return image
  const cut = floatTensor([batch, rows, columns, channels])
  for (let row = 0; row < batch * rows; row += 1) {
    const from =
      ((Math.floor(row / rows) * height + (row % rows) + (top ?? 0)) * width + (left ?? 0)) * channels
    cut.data.set(image.data.subarray(from, from + columns * channels), row * columns * channels)
  }
  return cut
}
