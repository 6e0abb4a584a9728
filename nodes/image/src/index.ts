export { pack } from './pack.ts'
export { PngError, readPngText, withPngText } from './png/png-text.ts'
