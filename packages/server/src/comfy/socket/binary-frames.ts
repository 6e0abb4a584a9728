/** The binary frames of ComfyUI's WebSocket. Each is a buffer of its own: one client reads `data.buffer` from its start. */

/** The picture formats that frames can name. */
export type FrameFormat = 'image/jpeg' | 'image/png'

const PREVIEW = 1
const PREVIEW_WITH_METADATA = 4

/** Event 1: the picture alone. */
export function previewFrame(format: FrameFormat, image: Uint8Array): Uint8Array {
  const frame = new Uint8Array(8 + image.length)
  const view = new DataView(frame.buffer)
  view.setUint32(0, PREVIEW)
  view.setUint32(4, format === 'image/jpeg' ? 1 : 2)
  frame.set(image, 8)
  return frame
}

/** Whose picture it is. */
export type PreviewOwner = { readonly promptId: string; readonly nodeId: string; readonly displayId: string }

/** Event 4: the picture, and before it whose it is. */
export function previewFrameWithMetadata(
  format: FrameFormat,
  image: Uint8Array,
  { promptId, nodeId, displayId }: PreviewOwner,
): Uint8Array {
  const metadata = new TextEncoder().encode(
    JSON.stringify({
      node_id: nodeId,
      prompt_id: promptId,
      display_node_id: displayId,
      parent_node_id: displayId === nodeId ? null : displayId,
      real_node_id: nodeId,
      image_type: format,
    }),
  )
  const frame = new Uint8Array(8 + metadata.length + image.length)
  const view = new DataView(frame.buffer)
  view.setUint32(0, PREVIEW_WITH_METADATA)
  view.setUint32(4, metadata.length)
  frame.set(metadata, 8)
  frame.set(image, 8 + metadata.length)
  return frame
}
