import { defineNode, type NodeDefinition, param, port, type ReportValue } from '@dicache/sdk'
import {
  comparePictures,
  differencePicture,
  type PictureComparison,
  sideBySide,
} from '../charts/compare-pictures.ts'

/** How far pictures are from a reference. */
export const compareImages: NodeDefinition = defineNode({
  type: 'CompareImages',
  version: 1,
  title: 'Compare Images',
  category: 'image',
  description:
    'Compares pictures with a reference of the same size: PSNR in dB (infinite for equal ones), SSIM, and where they differ. LPIPS is not among them: no maintained package brings its weights.',
  inputs: {
    reference: port.image({ description: 'The exact pictures, such as the uncached result.' }),
    image: port.image({ description: 'The pictures to judge.' }),
  },
  params: {
    view: param.choice({
      options: ['side-by-side', 'difference'],
      default: 'side-by-side',
      description:
        'The picture output: reference, image and difference beside each other, or the difference.',
    }),
    gain: param.float({
      default: 8,
      min: 1,
      max: 1000,
      step: 1,
      description: 'How much the difference is brightened.',
    }),
  },
  outputs: {
    psnr: port.float({ label: 'PSNR' }),
    ssim: port.float({ label: 'SSIM' }),
    image: port.image(),
    report: port.report(),
  },
  run({ inputs, params }) {
    const { reference, image } = inputs
    const comparison = comparePictures(reference, image)
    const difference = differencePicture(reference, image, params.gain)
    return {
      psnr: comparison.psnr,
      ssim: comparison.ssim,
      image: params.view === 'difference' ? difference : sideBySide([reference, image, difference]),
      report: reportOf(comparison),
    }
  },
})

function reportOf(comparison: PictureComparison): ReportValue {
  const { perPicture, meanSquaredError, largestDifference } = comparison
  return {
    version: 1,
    kind: 'image-comparison',
    psnr: json(comparison.psnr),
    ssim: comparison.ssim,
    meanSquaredError,
    largestDifference,
    perPicture: perPicture.map(({ psnr, ssim }) => ({ psnr: json(psnr), ssim })),
  }
}

/** JSON has no infinity; the report writes the word, as reports of samplers do. */
function json(value: number): number | string {
  return Number.isFinite(value) ? value : String(value)
}
