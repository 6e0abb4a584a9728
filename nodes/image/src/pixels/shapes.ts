/** What a picture and a mask look like as tensors. */
import { HostError } from '@dicache/sdk'
import type { FloatTensor } from '@dicache/tensor'

/** Batch, height, width and channels. @throws HostError WRONG_SHAPE unless there are four extents of 1 or more. */
export function pictureShape({ shape }: FloatTensor): readonly [number, number, number, number] {
  const [batch = 0, height = 0, width = 0, channels = 0] = shape
  if (shape.length !== 4 || Math.min(batch, height, width, channels) < 1) {
    throw new HostError(
      'WRONG_SHAPE',
      `[${shape.join(', ')}] is no batch of pictures: it takes [batch, height, width, channels]`,
    )
  }
  return [batch, height, width, channels]
}

/** Batch, height and width of masks. @throws HostError WRONG_SHAPE unless there are three extents of 1 or more. */
export function maskShape({ shape }: FloatTensor): readonly [number, number, number] {
  const [batch = 0, height = 0, width = 0] = shape
  if (shape.length !== 3 || Math.min(batch, height, width) < 1) {
    throw new HostError(
      'WRONG_SHAPE',
      `[${shape.join(', ')}] is no batch of masks: it takes [batch, height, width]`,
    )
  }
  return [batch, height, width]
}
