/** Reads an upload: the form's fields, and its file as a file in the temporary folder. */
import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import path from 'node:path'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { Busboy, type BusboyFileStream } from '@fastify/busboy'
import { HostError } from '@dicache/protocol'

/** A form that was read. */
export type Upload = {
  readonly fields: ReadonlyMap<string, string>
  /** The file of the field `image`, if there was one. */
  readonly file: UploadedFile | undefined
}

/** A file that lies in the temporary folder until it gets its place. */
export type UploadedFile = {
  /** As the client sent it: not safe for anything. */
  readonly filename: string
  readonly path: string
  readonly sha256: string
}

/** How a form is read. */
export type ReadUploadOptions = {
  /** Where the file is kept meanwhile. */
  readonly folder: string
  readonly maxBytes: number
}

/**
 * Reads a multipart form, and hands it to `use`; the file is removed afterwards if it is still where it was.
 * @throws UNSUPPORTED_FILE for another kind of body, BAD_REQUEST for a broken form, TOO_LARGE
 */
export async function withUpload<T>(
  request: IncomingMessage,
  options: ReadUploadOptions,
  use: (upload: Upload) => Promise<T>,
): Promise<T> {
  const target = path.join(options.folder, `.upload-${crypto.randomUUID()}`)
  try {
    return await use(await readForm(request, target, options))
  } finally {
    await rm(target, { force: true })
  }
}

async function readForm(
  request: IncomingMessage,
  target: string,
  { folder, maxBytes }: ReadUploadOptions,
): Promise<Upload> {
  const type = request.headers['content-type'] ?? ''
  if (!/^multipart\/form-data\s*;/i.test(type))
    throw new HostError(
      'BAD_REQUEST',
      'An upload must be a multipart form with the file in the field "image".',
    )
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) throw tooLarge(maxBytes)
  await mkdir(folder, { recursive: true })
  const fields = new Map<string, string>()
  let writing: Promise<UploadedFile> | undefined
  const parser = parserFor(request, maxBytes)
  parser.on('field', (name, value) => {
    fields.set(name, value)
  })
  parser.on('file', (name, stream, filename) => {
    if (name !== 'image' || writing !== undefined) {
      stream.resume()
      return
    }
    writing = store(stream, target).then((sha256) => {
      if (stream.truncated) throw tooLarge(maxBytes)
      return { filename, path: target, sha256 }
    })
    // It is awaited below; until then a failure must not count as unhandled.
    writing.catch(() => undefined)
  })
  try {
    await pipeline(request, parser)
  } catch (cause) {
    await writing?.catch(() => undefined)
    if (cause instanceof HostError) throw cause
    throw new HostError('BAD_REQUEST', 'The form is broken: it ends too early, or has no boundaries.', {
      cause,
    })
  }
  return { fields, file: await writing }
}

function parserFor(request: IncomingMessage, maxBytes: number): InstanceType<typeof Busboy> {
  try {
    return new Busboy({
      headers: { ...request.headers, 'content-type': request.headers['content-type'] ?? '' },
      // Names with folders in them are refused, not quietly shortened.
      preservePath: true,
      limits: { fileSize: maxBytes, files: 2, fields: 20, fieldSize: 64 * 1024, headerPairs: 100 },
    })
  } catch (cause) {
    throw new HostError('BAD_REQUEST', 'The form has no boundary.', { cause })
  }
}

/** Writes a stream to a new file; gives the SHA-256 of its bytes. */
async function store(stream: BusboyFileStream, target: string): Promise<string> {
  const hash = createHash('sha256')
  const measure = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk)
      done(null, chunk)
    },
  })
  await pipeline(stream, measure, createWriteStream(target, { flags: 'wx' }))
  return hash.digest('hex')
}

function tooLarge(maxBytes: number): HostError {
  return new HostError('TOO_LARGE', `An upload may have ${Math.floor(maxBytes / 2 ** 20)} MB at most.`)
}
