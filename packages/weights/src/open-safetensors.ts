/** Opens one .safetensors file: its header is read and checked, its tensors stay on disk. */
import { createWeightFile } from './create-weight-file.ts'
import { headerLength, LENGTH_BYTES, parseHeader } from './parse-header.ts'
import { openRangeReader } from './range-reader.ts'
import { refuseOtherFormats, SNIFF_BYTES } from './sniff.ts'
import type { WeightFile } from './weight-file.ts'

/**
 * Opens a .safetensors file; what it is, is decided by its content, not its name.
 * @throws FILE_NOT_FOUND, NOT_READABLE; PICKLE_FILE, GGUF_FILE, LFS_POINTER, NOT_SAFETENSORS for other formats;
 * TRUNCATED_FILE, HEADER_TOO_LARGE, BAD_HEADER, BAD_OFFSETS, OVERLAPPING_OFFSETS, WRONG_DTYPE, WRONG_SHAPE for
 * damaged files; the signal's reason when aborted.
 */
export async function openSafetensors(path: string, signal?: AbortSignal): Promise<WeightFile> {
  const reader = await openRangeReader(path, signal)
  try {
    const { folder, file, size } = reader
    const start = await reader.read(0, Math.min(size, SNIFF_BYTES), signal)
    refuseOtherFormats(start, path)
    const headerBytes = LENGTH_BYTES + headerLength(start, size, path)
    const bytes = headerBytes <= start.length ? start : await reader.read(0, headerBytes, signal)
    const { metadata, tensors } = parseHeader(bytes, size, { path, file })
    return createWeightFile({
      path,
      folder,
      metadata,
      tensors,
      readEntry: ({ byteOffset, byteLength }, readSignal) => reader.read(byteOffset, byteLength, readSignal),
      close: reader.close,
    })
  } catch (error) {
    await reader.close()
    throw error
  }
}
