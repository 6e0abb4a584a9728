/** The pack: pictures and masks in, out, and changes between. */
import { definePack, type Pack } from '@dicache/sdk'
import { canny } from './nodes/canny.ts'
import { cropMask } from './nodes/crop-mask.ts'
import { emptyImage } from './nodes/empty-image.ts'
import { featherMask } from './nodes/feather-mask.ts'
import { fluxKontextImageScale } from './nodes/flux-kontext-image-scale.ts'
import { getImageSize } from './nodes/get-image-size.ts'
import { growMask } from './nodes/grow-mask.ts'
import { imageBatch } from './nodes/image-batch.ts'
import { imageBlend } from './nodes/image-blend.ts'
import { imageBlur } from './nodes/image-blur.ts'
import { imageQuantize } from './nodes/image-quantize.ts'
import { imageColorToMask } from './nodes/image-color-to-mask.ts'
import { imageCompositeMasked } from './nodes/image-composite-masked.ts'
import { imageCrop } from './nodes/image-crop.ts'
import { imageFlip } from './nodes/image-flip.ts'
import { imageFromBatch } from './nodes/image-from-batch.ts'
import { imageInvert } from './nodes/image-invert.ts'
import { imagePadForOutpaint } from './nodes/image-pad-for-outpaint.ts'
import { imageRotate } from './nodes/image-rotate.ts'
import { imageScaleBy } from './nodes/image-scale-by.ts'
import { imageScaleToMaxDimension } from './nodes/image-scale-to-max-dimension.ts'
import { imageScaleToTotalPixels } from './nodes/image-scale-to-total-pixels.ts'
import { imageScale } from './nodes/image-scale.ts'
import { imageSharpen } from './nodes/image-sharpen.ts'
import { imageStitch } from './nodes/image-stitch.ts'
import { imageToMask } from './nodes/image-to-mask.ts'
import { invertMask } from './nodes/invert-mask.ts'
import { joinImageWithAlpha } from './nodes/join-image-with-alpha.ts'
import { loadImageMask } from './nodes/load-image-mask.ts'
import { loadImage } from './nodes/load-image.ts'
import { maskComposite } from './nodes/mask-composite.ts'
import { maskPreview } from './nodes/mask-preview.ts'
import { maskToImage } from './nodes/mask-to-image.ts'
import { previewImage } from './nodes/preview-image.ts'
import { rebatchImages } from './nodes/rebatch-images.ts'
import { repeatImageBatch } from './nodes/repeat-image-batch.ts'
import { saveAnimatedPng } from './nodes/save-animated-png.ts'
import { saveAnimatedWebp } from './nodes/save-animated-webp.ts'
import { saveImageWebsocket } from './nodes/save-image-websocket.ts'
import { saveImage } from './nodes/save-image.ts'
import { solidMask } from './nodes/solid-mask.ts'
import { splitImageWithAlpha } from './nodes/split-image-with-alpha.ts'
import { thresholdMask } from './nodes/threshold-mask.ts'

export const pack: Pack = definePack({
  name: '@dicache/nodes-image',
  version: '0.2.0',
  nodes: [
    loadImage,
    loadImageMask,
    saveImage,
    previewImage,
    saveAnimatedPng,
    saveAnimatedWebp,
    saveImageWebsocket,
    canny,
    cropMask,
    emptyImage,
    featherMask,
    fluxKontextImageScale,
    getImageSize,
    growMask,
    imageBatch,
    imageBlend,
    imageBlur,
    imageQuantize,
    imageColorToMask,
    imageCompositeMasked,
    imageCrop,
    imageFlip,
    imageFromBatch,
    imageInvert,
    imagePadForOutpaint,
    imageRotate,
    imageScaleBy,
    imageScaleToMaxDimension,
    imageScaleToTotalPixels,
    imageScale,
    imageSharpen,
    imageStitch,
    imageToMask,
    invertMask,
    joinImageWithAlpha,
    maskComposite,
    maskPreview,
    maskToImage,
    rebatchImages,
    repeatImageBatch,
    solidMask,
    splitImageWithAlpha,
    thresholdMask,
  ],
})
