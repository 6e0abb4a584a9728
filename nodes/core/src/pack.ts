/** The pack: values, texts, numbers, and what steers a run. */
import { definePack, type Pack } from '@dicache/sdk'
import { switchNode, indexSwitch, gate } from './flow/flow-nodes.ts'
import {
  makeList,
  rangeList,
  listIndex,
  listLength,
  listSlice,
  listPack,
  listSpread,
} from './lists/list-nodes.ts'
import { forLoopOpen, forLoopClose, whileLoopOpen, whileLoopClose } from './loops/loop-nodes.ts'
import { loopStep } from './loops/loop-step.ts'
import { mathInt, mathFloat, compareValues, logic } from './math/math-nodes.ts'
import { regexMatch, regexExtract, regexReplace } from './strings/regex-nodes.ts'
import {
  stringConcatenate,
  stringSubstring,
  stringLength,
  caseConverter,
  stringTrim,
  stringReplace,
  stringContains,
  stringCompare,
} from './strings/string-nodes.ts'
import { floatToInt, intToFloat, stringToNumber, anyToString } from './values/convert.ts'
import { previewAny } from './values/preview-any.ts'
import {
  primitiveInt,
  primitiveFloat,
  primitiveString,
  primitiveStringMultiline,
  primitiveBoolean,
} from './values/primitives.ts'

export const pack: Pack = definePack({
  name: '@dicache/nodes-core',
  version: '0.1.0',
  nodes: [
    primitiveInt,
    primitiveFloat,
    primitiveString,
    primitiveStringMultiline,
    primitiveBoolean,
    previewAny,
    floatToInt,
    intToFloat,
    stringToNumber,
    anyToString,
    mathInt,
    mathFloat,
    compareValues,
    logic,
    stringConcatenate,
    stringSubstring,
    stringLength,
    caseConverter,
    stringTrim,
    stringReplace,
    stringContains,
    stringCompare,
    regexMatch,
    regexExtract,
    regexReplace,
    switchNode,
    indexSwitch,
    gate,
    makeList,
    rangeList,
    listIndex,
    listLength,
    listSlice,
    listPack,
    listSpread,
    forLoopOpen,
    forLoopClose,
    whileLoopOpen,
    whileLoopClose,
    loopStep,
  ],
})
