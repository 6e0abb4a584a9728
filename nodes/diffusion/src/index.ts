export type { ByteCounter, SplitSpec } from './pipeline/open-split.ts'
export { openSplit } from './pipeline/open-split.ts'
