/** Lists: a node that gets one runs for each item. */
import { defineNode, HostError, type NodeDefinition, param, port } from '@dicache/sdk'

const about = { version: 1, category: 'utils/lists' } as const
/** A whole list as one value, on ports of the type LIST. */
type Packed = readonly unknown[]

/** The most items that a node makes of nothing. */
const MOST_ITEMS = 100_000

const item = () => port.any({ optional: true, description: 'An item, or a list of items.' })

/** Values in a row as a list. */
export const makeList: NodeDefinition = defineNode({
  ...about,
  type: 'MakeList',
  title: 'Make List',
  description: 'Makes a list of values in their order; lists among them are joined.',
  inputIsList: true,
  inputs: {
    value1: item(),
    value2: item(),
    value3: item(),
    value4: item(),
    value5: item(),
    value6: item(),
    value7: item(),
    value8: item(),
  },
  outputs: { list: port.any({ list: true }) },
  run: ({ inputs: { value1, value2, value3, value4, value5, value6, value7, value8 } }) => ({
    list: [value1, value2, value3, value4, value5, value6, value7, value8].flat(1),
  }),
})

/** Whole numbers in a row. */
export const rangeList: NodeDefinition = defineNode({
  ...about,
  type: 'RangeList',
  title: 'Range List',
  description: 'A list of whole numbers: what gets it runs once for each.',
  params: {
    start: param.int({ default: 0, description: 'The first one.' }),
    stop: param.int({ default: 3, description: 'The end, which is not in the list.' }),
    step: param.int({ default: 1, description: 'From one to the next; negative ones count down.' }),
  },
  outputs: { int: port.int({ list: true }) },
  run({ params: { start, stop, step } }) {
    if (step === 0) throw new HostError('VALUE_OUT_OF_RANGE', 'a step of 0 never comes to an end')
    const count = Math.max(0, Math.ceil((stop - start) / step))
    if (count > MOST_ITEMS)
      throw new HostError(
        'VALUE_OUT_OF_RANGE',
        `${count} numbers are too many; at most ${MOST_ITEMS} are made`,
      )
    return { int: Array.from({ length: count }, (_, n) => start + n * step) }
  },
})

/** One item. */
export const listIndex: NodeDefinition = defineNode({
  ...about,
  type: 'ListIndex',
  title: 'List Index',
  description: 'Takes one item out of a list.',
  inputIsList: true,
  inputs: { list: port.any({ description: 'The list.' }) },
  params: { index: param.int({ default: 0, description: 'Which one, from 0; -1 is the last.' }) },
  outputs: { item: port.any() },
  run({ inputs: { list }, params: { index: indices } }) {
    const index = indices[0] ?? 0
    if (index >= list.length || index < -list.length)
      throw new HostError('VALUE_OUT_OF_RANGE', `a list of ${list.length} has no item ${index}`)
    return { item: list.at(index) }
  },
})

/** How many items. */
export const listLength: NodeDefinition = defineNode({
  ...about,
  type: 'ListLength',
  title: 'List Length',
  description: 'How many items a list has.',
  inputIsList: true,
  inputs: { list: port.any({ description: 'The list.' }) },
  outputs: { length: port.int() },
  run: ({ inputs }) => ({ length: inputs.list.length }),
})

/** Some items. */
export const listSlice: NodeDefinition = defineNode({
  ...about,
  type: 'ListSlice',
  title: 'List Slice',
  description: 'Takes some items out of a list.',
  inputIsList: true,
  inputs: { list: port.any({ description: 'The list.' }) },
  params: {
    start: param.int({ default: 0, description: 'The first one, from 0; negative ones count from the end.' }),
    end: param.int({ default: 1, description: 'The one behind the last; negative ones count from the end.' }),
  },
  outputs: { list: port.any({ list: true }) },
  run: ({ inputs: { list }, params: { start, end } }) => ({ list: list.slice(start[0], end[0]) }),
})

/** A list as one value. */
export const listPack: NodeDefinition = defineNode({
  ...about,
  type: 'ListPack',
  title: 'List Pack',
  description: 'Makes one value of a list, which goes through a loop or a switch as a whole.',
  inputIsList: true,
  inputs: { list: port.any({ description: 'The list.' }) },
  outputs: { packed: port.custom<Packed>('LIST') },
  run: ({ inputs }) => ({ packed: inputs.list }),
})

/** A list again. */
export const listSpread: NodeDefinition = defineNode({
  ...about,
  type: 'ListSpread',
  title: 'List Spread',
  description: 'Makes a list of a packed one again: what gets it runs once for each item.',
  inputs: { packed: port.custom<Packed>('LIST', { description: 'A packed list.' }) },
  outputs: { list: port.any({ list: true }) },
  run({ inputs: { packed } }) {
    if (!Array.isArray(packed)) throw new HostError('WRONG_VALUE_TYPE', 'this is no packed list')
    return { list: [...(packed as Packed)] }
  },
})
