/** Writes a new file, and waits until it is on the disk. */
import { open } from 'node:fs/promises'

/** @throws EEXIST when there is a file */
export async function writeFlushed(file: string, bytes: Uint8Array): Promise<void> {
  const handle = await open(file, 'wx')
  try {
    await handle.writeFile(bytes)
    await handle.datasync()
  } finally {
    await handle.close()
  }
}
