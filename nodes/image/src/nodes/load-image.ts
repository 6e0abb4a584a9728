import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { defineNode, HostError, type HostServices, type NodeDefinition, param, port } from '@dicache/sdk'

/** Reads a picture of the input folder. */
export const loadImage: NodeDefinition = defineNode({
  type: 'LoadImage',
  version: 1,
  title: 'Load Image',
  category: 'image',
  description:
    'Reads a picture of the input folder (PNG, JPEG, WebP, GIF, TIFF, AVIF). Animations become a batch. The mask is what is transparent.',
  params: {
    image: param.choice({
      source: 'input',
      upload: 'image',
      checkedByNode: true,
      description: 'A file of the input folder; "NAME [output]" is one of the output folder.',
    }),
  },
  outputs: { image: port.image(), mask: port.mask() },
  async fingerprint({ params, host }) {
    return params.image === undefined ? null : hashOf(host.inputs, params.image)
  },
  async validate({ params, host }) {
    if (params.image === undefined) return []
    try {
      await host.inputs.resolve(params.image)
      return []
    } catch (error) {
      return [{ input: 'image', message: error instanceof Error ? error.message : String(error) }]
    }
  },
  async run({ params, host, signal }) {
    const path = await host.inputs.resolve(params.image)
    // With the first picture: listing and checking nodes loads no decoder.
    const { decodeImage } = await import('../load/decode-image.ts')
    try {
      return { ...(await decodeImage(await readFile(path, { signal }), signal)) }
    } catch (error) {
      if (!(error instanceof HostError)) throw error
      throw new HostError(error.code, `"${params.image}": ${error.message}`, { path, cause: error })
    }
  },
})

/** A replaced file is another picture. */
async function hashOf(inputs: HostServices['inputs'], name: string): Promise<string> {
  return createHash('sha256')
    .update(await readFile(await inputs.resolve(name)))
    .digest('hex')
}
