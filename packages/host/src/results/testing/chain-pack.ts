/** A pack for tests of what outlives a process: a chain whose nodes tell that they run. */
import { defineNode, definePack, param, port } from '@dicache/sdk'
import type { Pack } from '@dicache/sdk'

/** Makes the pack. `onRun` is told the `step` of each node that runs. */
export function chainPack(onRun: (step: number) => void): Pack {
  const link = defineNode({
    type: 'Link',
    version: 1,
    title: 'Link',
    category: 'test',
    description: 'A picture that depends on the one before.',
    inputs: { image: port.image({ optional: true }) },
    params: { step: param.int({ default: 0 }), size: param.int({ default: 64 }) },
    outputs: { image: port.image() },
    run: ({ inputs: { image }, params: { step, size } }) => {
      onRun(step)
      const data = new Float32Array(size * size * 3).fill(step + (image?.data[0] ?? 0))
      return { image: { dtype: 'float32', shape: [1, size, size, 3], data } }
    },
  })
  const model = defineNode({
    type: 'Opened',
    version: 1,
    title: 'Opened',
    category: 'test',
    description: 'Something that only lives in this process.',
    outputs: { model: port.model<{ readonly double: (value: number) => number }>() },
    run: () => {
      onRun(-1)
      return { model: { double: (value: number) => 2 * value } }
    },
  })
  const use = defineNode({
    type: 'Use',
    version: 1,
    title: 'Use',
    category: 'test',
    description: 'Takes what only lives in this process.',
    inputs: { model: port.model<{ readonly double: (value: number) => number }>() },
    params: { value: param.int({ default: 1 }) },
    outputs: { value: port.int() },
    run: ({ inputs: { model: opened }, params: { value } }) => {
      onRun(value)
      return { value: opened.double(value) }
    },
  })
  return definePack({ name: 'chain', version: '1.0.0', nodes: [link, model, use] })
}

/** A chain of `Link`s, as an API document. */
export function chainDocument(
  length: number,
  size: number,
  first: number,
): Readonly<Record<string, unknown>> {
  const links = Array.from({ length }, (_, index) => [
    String(index),
    {
      class_type: 'Link',
      inputs: { step: first + index, size, ...(index > 0 && { image: [String(index - 1), 0] }) },
    },
  ])
  return Object.fromEntries(links) as Readonly<Record<string, unknown>>
}
