/** Between an autoencoder's own latents and those that its transformer was trained on. */
import { type FloatTensor, floatTensor } from '@dicache/tensor'
import type { AutoencoderConfig } from './config.ts'

type Scale = Pick<AutoencoderConfig, 'scale' | 'shift'>

/** (z − shift) · scale: what the transformer sees. Any shape. */
export function toModelLatent({ scale, shift }: Scale, z: FloatTensor): FloatTensor {
  return floatTensor(
    z.shape,
    z.data.map((value) => (value - shift) * scale),
  )
}

/** z / scale + shift: what the decoder takes. Any shape. */
export function fromModelLatent({ scale, shift }: Scale, z: FloatTensor): FloatTensor {
  return floatTensor(
    z.shape,
    z.data.map((value) => value / scale + shift),
  )
}
