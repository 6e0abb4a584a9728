/** A one-node graph that shows whether a device opens sessions at all. */
import { createGraph, unary } from '@dicache/onnx'
import type { GraphSource } from '@dicache/tensor'

export const probeGraph: GraphSource = {
  key: 'device-probe',
  weightBytes: 0,
  bytes() {
    const g = createGraph('device-probe')
    g.output('y', unary(g, 'Abs', g.input('x', 'float32', [1])))
    return g.build()
  },
}
