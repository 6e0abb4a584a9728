export { pack } from './pack.ts'
export { PngError } from './png/png-chunks.ts'
export { readPngText, withPngText } from './png/png-text.ts'
