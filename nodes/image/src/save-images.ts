/** Writes a batch of pictures as PNG files that carry the workflow which made them. */
import type { NodeContext, SavedFile } from '@dicache/sdk'
import { batchView, type FloatTensor, toBytes } from '@dicache/tensor'
import sharp from 'sharp'
import { asciiJson } from './png/ascii-json.ts'
import { withPngText } from './png/png-text.ts'

export type SaveRequest = {
  /** float32 [B, H, W, C], 0..1; C = 1, 3 or 4. */
  readonly images: FloatTensor
  readonly prefix: string
  readonly kind: 'output' | 'temp'
  /** zlib level, 0..9: previews are written fast, outputs small. */
  readonly compression: number
}

/** Saves one file a picture, in order, each with the text chunks `prompt` and `workflow`. */
export async function saveImages(
  request: SaveRequest,
  { host, hidden, signal }: Pick<NodeContext, 'host' | 'hidden' | 'signal'>,
): Promise<readonly SavedFile[]> {
  const [batch = 0, height = 0, width = 0] = request.images.shape
  const texts = {
    prompt: asciiJson(hidden.prompt),
    ...(hidden.document === undefined ? {} : { workflow: asciiJson(hidden.document) }),
  }
  const saved: SavedFile[] = []
  for (let index = 0; index < batch; index += 1) {
    signal.throwIfAborted()
    const png = await encodePng(batchView(request.images, index), request.compression)
    const prefix = fillPrefix(request.prefix, { width, height, now: new Date() })
    saved.push(
      await host.outputs.save({
        bytes: withPngText(png, texts),
        prefix,
        extension: 'png',
        kind: request.kind,
      }),
    )
  }
  return saved
}

/** One picture [1, H, W, C] as PNG. Values are truncated to 8 bits, as ComfyUI does. */
export async function encodePng(image: FloatTensor, compression: number): Promise<Uint8Array> {
  const [, height = 0, width = 0, channels = 0] = image.shape
  if (channels !== 1 && channels !== 3 && channels !== 4)
    throw new RangeError(`a picture of ${channels} channels cannot be saved; 1, 3 or 4 can`)
  return sharp(toBytes(image).data, { raw: { width, height, channels } })
    .png({ compressionLevel: compression })
    .toBuffer()
}

/** Fills %width%, %height%, %year%, %month%, %day%, %hour%, %minute% and %second% in a file name's prefix. */
export function fillPrefix(
  prefix: string,
  facts: { readonly width: number; readonly height: number; readonly now: Date },
): string {
  const { now } = facts
  const two = (value: number): string => String(value).padStart(2, '0')
  const values: Readonly<Record<string, string>> = {
    width: String(facts.width),
    height: String(facts.height),
    year: String(now.getFullYear()),
    month: two(now.getMonth() + 1),
    day: two(now.getDate()),
    hour: two(now.getHours()),
    minute: two(now.getMinutes()),
    second: two(now.getSeconds()),
  }
  return prefix.replaceAll(/%(\w+)%/g, (whole, name: string) => values[name] ?? whole)
}
