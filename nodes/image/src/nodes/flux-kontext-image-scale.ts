import { defineNode, type NodeDefinition, port } from '@dicache/sdk'
import { pictureShape } from '../pixels/shapes.ts'
import { scaleImage } from '../scale/scale-image.ts'

/** The sizes that FLUX.1 Kontext was trained on (width × height), as its authors list them. */
const SIZES = [
  [672, 1568],
  [688, 1504],
  [720, 1456],
  [752, 1392],
  [800, 1328],
  [832, 1248],
  [880, 1184],
  [944, 1104],
  [1024, 1024],
  [1104, 944],
  [1184, 880],
  [1248, 832],
  [1328, 800],
  [1392, 752],
  [1456, 720],
  [1504, 688],
  [1568, 672],
] as const

/** Scales pictures to a size that FLUX.1 Kontext knows. */
export const fluxKontextImageScale: NodeDefinition = defineNode({
  type: 'FluxKontextImageScale',
  version: 1,
  title: 'FluxKontextImageScale',
  category: 'advanced/conditioning/flux',
  description:
    'Scales pictures to the size of about one megapixel, among those FLUX.1 Kontext was trained on, whose aspect is nearest (lanczos, cut in the middle).',
  inputs: { image: port.image() },
  outputs: { image: port.image() },
  run({ inputs: { image } }) {
    const [, height, width] = pictureShape(image)
    const distance = ([w, h]: readonly [number, number]): number => Math.abs(width / height - w / h)
    const [widthPx, heightPx] = SIZES.reduce<readonly [number, number]>(
      (best, size) => (distance(size) < distance(best) ? size : best),
      SIZES[0],
    )
    return { image: scaleImage(image, { widthPx, heightPx, method: 'lanczos', crop: 'center' }) }
  },
})
