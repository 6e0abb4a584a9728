/** The pack: pictures in, out, and simple changes between. */
import { definePack, type Pack } from '@dicache/sdk'
import { emptyImage } from './nodes/empty-image.ts'
import { getImageSize } from './nodes/get-image-size.ts'
import { imageBatch } from './nodes/image-batch.ts'
import { imageInvert } from './nodes/image-invert.ts'
import { imageScale } from './nodes/image-scale.ts'
import { loadImage } from './nodes/load-image.ts'
import { previewImage } from './nodes/preview-image.ts'
import { saveImage } from './nodes/save-image.ts'

export const pack: Pack = definePack({
  name: '@dicache/nodes-image',
  version: '0.1.0',
  nodes: [loadImage, saveImage, previewImage, emptyImage, imageInvert, imageScale, imageBatch, getImageSize],
})
