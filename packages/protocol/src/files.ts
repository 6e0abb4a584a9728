/** Files that a run leaves behind, as every room and client names them. */

/** Which folder of the home a file is in. */
export type FileKind = 'output' | 'temp' | 'input'

/** A saved file: `subfolder` is relative to the folder of `type`, with forward slashes, `''` for its root. */
export type SavedFile = {
  readonly filename: string
  readonly subfolder: string
  readonly type: FileKind
}

/** An encoded picture that travels inside JSON. */
export type EncodedImage = {
  readonly mimeType: 'image/png' | 'image/jpeg' | 'image/webp'
  readonly widthPx: number
  readonly heightPx: number
  readonly base64: string
}
