/** How files that users brought are served: pictures, sound and films as what they are, all else as bytes to save. */
import path from 'node:path'

/** Types that a browser shows and that cannot run anything. */
const SHOWN: Readonly<Record<string, string>> = {
  '.png': 'image/png',
  '.apng': 'image/apng',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.webp': 'image/webp',
  '.gif': 'image/gif',
  '.avif': 'image/avif',
  '.bmp': 'image/bmp',
  '.mp4': 'video/mp4',
  '.m4v': 'video/mp4',
  '.webm': 'video/webm',
  '.mkv': 'video/x-matroska',
  '.mov': 'video/quicktime',
  '.wav': 'audio/wav',
  '.mp3': 'audio/mpeg',
  '.flac': 'audio/flac',
  '.ogg': 'audio/ogg',
  '.opus': 'audio/ogg',
  '.m4a': 'audio/mp4',
  '.txt': 'text/plain; charset=utf-8',
  '.json': 'application/json',
}

/** Headers for a file of a user: its type, how it is shown, and that nothing in it may run. */
export function fileHeaders(filename: string): Readonly<Record<string, string>> {
  const extension = path.extname(filename).toLowerCase()
  const type = SHOWN[extension]
  return {
    'Content-Type': type ?? 'application/octet-stream',
    'Content-Disposition': disposition(type === undefined, filename),
    'X-Content-Type-Options': 'nosniff',
    'Content-Security-Policy': "default-src 'none'; sandbox",
    // A name may stand for another picture tomorrow: files are deleted, and counted anew.
    'Cache-Control': 'no-cache',
  }
}

/** The header's value; whatever the name holds, it stays one line and one string. */
function disposition(save: boolean, filename: string): string {
  const plain = filename.replaceAll(/[^\x20-\x7e]|["\\%]/g, '_')
  const exact = plain === filename ? '' : `; filename*=UTF-8''${encodeRfc5987(filename)}`
  return `${save ? 'attachment; ' : ''}filename="${plain}"${exact}`
}

function encodeRfc5987(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replaceAll(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}
