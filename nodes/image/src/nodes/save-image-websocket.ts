import { defineNode, type NodeDefinition, port } from '@dicache/sdk'
import { batchView } from '@dicache/tensor'
import { pictureShape } from '../pixels/shapes.ts'
import { encodePng } from '../save/encode-png.ts'

/** Sends pictures to whoever listens, and keeps nothing. */
export const saveImageWebsocket: NodeDefinition = defineNode({
  type: 'SaveImageWebsocket',
  version: 1,
  title: 'SaveImageWebsocket',
  category: 'api/image',
  description: 'Sends pictures as PNG to the program that listens to the run, and writes no file.',
  inputs: { images: port.image({ description: 'The pictures to send, one message each.' }) },
  output: true,
  // Nothing of it is kept: it sends in every run.
  fingerprint: () => Number.NaN,
  async run({ inputs: { images }, report, signal }) {
    const [batch, heightPx, widthPx] = pictureShape(images)
    for (let index = 0; index < batch; index += 1) {
      signal.throwIfAborted()
      const png = await encodePng(batchView(images, index), 0)
      report.preview({
        mimeType: 'image/png',
        widthPx,
        heightPx,
        base64: Buffer.from(png).toString('base64'),
      })
      report.progress(index + 1, batch)
    }
    return {}
  },
})
