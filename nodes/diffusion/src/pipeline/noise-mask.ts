/** Sampling a part of a latent: what the mask keeps is put back before and after each evaluation. */
import { type Denoise, noiseLatent } from '@dicache/diffusion'
import { HostError } from '@dicache/sdk'
import { type FloatTensor, fitBatch, floatTensor, mixByMask, resizePlane } from '@dicache/tensor'

/** What a mask keeps, and the noise that belongs to it. */
export type Kept = {
  readonly latent: FloatTensor
  readonly noise: FloatTensor
  /** `[B, C, H, W]`, 1 where it is sampled, 0 where the latent is kept. */
  readonly mask: FloatTensor
}

/**
 * A mask in the shape of a latent: scaled (bilinear), repeated over channels and batch.
 * @param mask - `[b, 1, h, w]` or `[b, h, w]`
 */
export function fitNoiseMask(mask: FloatTensor, shape: readonly number[]): FloatTensor {
  const [batch = 0, channels = 0, height = 0, width = 0] = shape
  const planes = mask.shape.length === 4 && mask.shape[1] === 1 ? mask.shape.toSpliced(1, 1) : mask.shape
  if (planes.length !== 3 || mask.data.length === 0 || shape.length !== 4) {
    throw new HostError(
      'WRONG_SHAPE',
      `a noise mask of [${mask.shape.join(', ')}] does not fit a latent of [${shape.join(', ')}]`,
    )
  }
  const scaled = resizePlane(floatTensor(planes, mask.data), 1, { height, width, method: 'bilinear' })
  const fitted = fitBatch(scaled, batch)
  const result = floatTensor([batch, channels, height, width])
  const plane = height * width
  for (let at = 0; at < batch * channels; at += 1) {
    const row = Math.floor(at / channels) * plane
    result.data.set(fitted.data.subarray(row, row + plane), at * plane)
  }
  return result
}

/** The model sees the kept part at the noise level of the step, and its prediction keeps it as it was. */
export function denoiseMasked(denoise: Denoise, { latent, noise, mask }: Kept): Denoise {
  return async function denoisePart(x, sigma, info) {
    const seen = mixByMask(noiseLatent(latent, noise, sigma), x, mask)
    return mixByMask(latent, await denoise(seen, sigma, info), mask)
  }
}
