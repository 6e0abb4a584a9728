import { defineNode, type NodeDefinition, port } from '@dicache/sdk'
import { showValue } from './show-value.ts'

/** Shows any value as a text. */
export const previewAny: NodeDefinition = defineNode({
  type: 'PreviewAny',
  version: 1,
  title: 'Preview Any',
  category: 'utils',
  description: 'Shows any value as a text: numbers, texts, and what else there is by its shape.',
  inputs: { source: port.any({ description: 'What to show.' }) },
  output: true,
  run: ({ inputs }) => ({ ui: { text: [showValue(inputs.source)] } }),
})
