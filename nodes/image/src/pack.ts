/** The pack: pictures out. */
import { definePack, type Pack } from '@dicache/sdk'
import { previewImage } from './nodes/preview-image.ts'
import { saveImage } from './nodes/save-image.ts'

export const pack: Pack = definePack({
  name: '@dicache/nodes-image',
  version: '0.1.0',
  nodes: [saveImage, previewImage],
})
