/** Writes one file of a whole batch. */
import type { NodeContext, UiOutput } from '@dicache/sdk'
import type { FloatTensor } from '@dicache/tensor'
import { pictureShape } from '../pixels/shapes.ts'
import { fillPrefix } from './fill-prefix.ts'

/** What to save, and how it becomes bytes. */
export type AnimationRequest = {
  readonly images: FloatTensor
  /** Name before the number, with variables. */
  readonly prefix: string
  readonly extension: 'png' | 'webp'
  readonly encode: () => Promise<Uint8Array>
}

/** Saves the file; the user interface hears its name, and whether it moves. */
export async function saveAnimation(
  { images, prefix, extension, encode }: AnimationRequest,
  { host, hidden, signal }: Pick<NodeContext, 'host' | 'hidden' | 'signal'>,
): Promise<{ readonly ui: UiOutput }> {
  const [frames, heightPx, widthPx] = pictureShape(images)
  const bytes = await encode()
  signal.throwIfAborted()
  const name = fillPrefix(prefix, { widthPx, heightPx, batchIndex: 0, now: new Date(), source: hidden })
  const file = await host.outputs.save({ bytes, prefix: name, extension, kind: 'output' })
  return { ui: { images: [{ ...file }], animated: [frames !== 1] } }
}
