import { defineNode, type NodeDefinition, param, port, type SavedFile } from '@dicache/sdk'

/** Draws what a sampler reported. */
export const dicacheReport: NodeDefinition = defineNode({
  type: 'DiCacheReport',
  version: 1,
  title: 'DiCache Report',
  category: 'sampling/cache',
  description:
    'Draws the report of a sampling run: which steps were computed or reused, the change indicator and its accumulated sum against the threshold, the blend factor γ raw and clipped, and the time of each evaluation. Saves the chart, and gives it as a picture.',
  inputs: { report: port.report({ description: 'The report of a DiCache Sampler.' }) },
  params: {
    chart: param.choice({
      options: ['all', 'timeline', 'indicator', 'gamma', 'time'],
      default: 'all',
      description: 'One chart, or all below each other.',
    }),
    format: param.choice({
      options: ['svg', 'png'],
      default: 'svg',
      description: 'The saved file: svg stays sharp at any size, png opens everywhere.',
    }),
    theme: param.choice({ options: ['light', 'dark'], default: 'light', description: 'Colours.' }),
    width: param.int({
      default: 900,
      min: 360,
      max: 2400,
      step: 20,
      description: 'Width of the chart in pixels; PNG files and the picture output have twice as many.',
    }),
    filename_prefix: param.text({
      default: 'report',
      description: 'Name before the number; may hold a folder.',
    }),
  },
  outputs: { image: port.image() },
  output: true,
  async run({ inputs, params, host, signal }) {
    // The drawing code is loaded when something is drawn: listing nodes stays quick.
    const { chartPicture, readReport, reportChart } = await import('../charts/index.ts')
    const report = readReport(inputs.report)
    const svg = await reportChart(report, params.chart, { theme: params.theme, widthPx: params.width })
    signal.throwIfAborted()
    const { png, image } = await chartPicture(svg)
    signal.throwIfAborted()
    const save = (bytes: Uint8Array, extension: 'svg' | 'png', kind: 'output' | 'temp'): Promise<SavedFile> =>
      host.outputs.save({ bytes, prefix: params.filename_prefix, extension, kind })
    if (params.format === 'png') return { image, ui: { images: [{ ...(await save(png, 'png', 'output')) }] } }
    // Browsers are given SVG files of users as bytes to save, so there is a picture to look at beside it.
    const drawn = await save(new TextEncoder().encode(svg), 'svg', 'output')
    const shown = await save(png, 'png', 'temp')
    return { image, ui: { images: [{ ...drawn }, { ...shown }] } }
  },
})
