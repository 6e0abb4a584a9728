/** Makes a latent fit the model that samples it. */
import type { Transformer } from '@dicache/models'
import { type FloatTensor, floatTensor } from '@dicache/tensor'

/**
 * The latent [B, C, H, W] with the model's channels. An empty (all zero) latent of another channel count takes the model's, as
 * `EmptyLatentImage` does not know the model.
 * @throws RangeError when a latent with content has other channels, or the size is no multiple of the model's patch.
 */
export function fitLatent(latent: FloatTensor, transformer: Transformer): FloatTensor {
  const [batch = 0, channels = 0, height = 0, width = 0] = latent.shape
  const { latentChannels, patch } = transformer
  if (height % patch !== 0 || width % patch !== 0) {
    throw new RangeError(
      `a latent of ${width}×${height} does not divide into ${patch}×${patch} tokens; choose a width and height that are multiples of ${patch * 8} pixels`,
    )
  }
  if (channels === latentChannels) return latent
  if (latent.data.some((value) => value !== 0)) {
    throw new RangeError(
      `the latent has ${channels} channels, the model works on ${latentChannels}; encode the image with the model's own VAE`,
    )
  }
  return floatTensor([batch, latentChannels, height, width])
}
