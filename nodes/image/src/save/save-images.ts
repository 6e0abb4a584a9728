/** Writes a batch of pictures as PNG files that carry the workflow which made them. */
import type { NodeContext, SavedFile } from '@dicache/sdk'
import { batchView, type FloatTensor } from '@dicache/tensor'
import { withPngText } from '../png/png-text.ts'
import { encodePng } from './encode-png.ts'
import { fillPrefix } from './fill-prefix.ts'
import { workflowTexts } from './workflow-texts.ts'

/** What to save. */
export type SaveRequest = {
  /** float32 `[B, H, W, C]`, 0..1; C = 3 or 4. */
  readonly images: FloatTensor
  /** Name before the number, with variables. */
  readonly prefix: string
  readonly kind: 'output' | 'temp'
  /** zlib level, 0..9: previews are written fast, outputs small. */
  readonly compression: number
}

/**
 * Saves one file a picture, in the order of the batch, each with the text chunks `prompt` (the graph that ran) and,
 * where the document is the editor's, `workflow`.
 * @throws HostError WRONG_SHAPE for what is no batch of pictures; whatever the host throws for a prefix or a full disk.
 */
export async function saveImages(
  request: SaveRequest,
  { host, hidden, signal }: Pick<NodeContext, 'host' | 'hidden' | 'signal'>,
): Promise<readonly SavedFile[]> {
  const [batch = 0, heightPx = 0, widthPx = 0] = request.images.shape
  const now = new Date()
  const texts = workflowTexts(hidden)
  const saved: SavedFile[] = []
  for (let batchIndex = 0; batchIndex < batch; batchIndex += 1) {
    signal.throwIfAborted()
    const png = await encodePng(batchView(request.images, batchIndex), request.compression)
    const prefix = fillPrefix(request.prefix, { widthPx, heightPx, batchIndex, now, source: hidden })
    const bytes = withPngText(png, texts)
    saved.push(await host.outputs.save({ bytes, prefix, extension: 'png', kind: request.kind }))
  }
  return saved
}
