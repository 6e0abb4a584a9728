import { defineNode, type NodeDefinition, param, port } from '@dicache/sdk'
import { floatTensor, mapValues, pasteInto, roundHalfEven, zipValues } from '@dicache/tensor'
import { pairBatches } from '../pixels/batches.ts'
import { cutToSize } from '../pixels/cut.ts'
import { maskShape } from '../pixels/shapes.ts'

const OPERATIONS = ['multiply', 'add', 'subtract', 'and', 'or', 'xor'] as const

const isOn = (value: number): boolean => roundHalfEven(value) !== 0

/** What becomes of a value of the destination and one of the source. */
const combine: Readonly<Record<(typeof OPERATIONS)[number], (below: number, above: number) => number>> = {
  multiply: (below, above) => below * above,
  add: (below, above) => below + above,
  subtract: (below, above) => below - above,
  and: (below, above) => Number(isOn(below) && isOn(above)),
  or: (below, above) => Number(isOn(below) || isOn(above)),
  xor: (below, above) => Number(isOn(below) !== isOn(above)),
}

/** Combines two masks. */
export const maskComposite: NodeDefinition = defineNode({
  type: 'MaskComposite',
  version: 1,
  title: 'MaskComposite',
  category: 'mask',
  description:
    'Combines the source with the part of the destination under it; the rest stays. Clipped to 0..1.',
  inputs: {
    destination: port.mask({ description: 'The mask below.' }),
    source: port.mask({ description: 'The mask above.' }),
  },
  params: {
    x: param.int({ default: 0, min: 0, max: 16384, description: 'Left edge of the source, in pixels.' }),
    y: param.int({ default: 0, min: 0, max: 16384, description: 'Upper edge of the source, in pixels.' }),
    operation: param.choice({
      options: OPERATIONS,
      description: 'subtract is destination minus source; and, or, xor take values above 0.5 as chosen.',
    }),
  },
  outputs: { mask: port.mask() },
  run({ inputs: { destination, source }, params: { x, y, operation } }) {
    const [, height, width] = maskShape(destination)
    const [, sourceHeight, sourceWidth] = maskShape(source)
    const [below, above] = pairBatches(destination, source)
    const area = { width: Math.min(sourceWidth, width - x), height: Math.min(sourceHeight, height - y) }
    const result = floatTensor(below.shape, below.data.slice())
    if (area.width > 0 && area.height > 0) {
      const part = zipValues(
        cutToSize(below, { leftPx: x, topPx: y, ...area }),
        cutToSize(above, { leftPx: 0, topPx: 0, ...area }),
        combine[operation],
      )
      pasteInto(result, part, [0, y, x])
    }
    return { mask: mapValues(result, (value) => Math.min(1, Math.max(0, value))) }
  },
})
