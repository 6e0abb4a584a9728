/** Bodies of requests: read whole, within limits, as JSON whatever their content type says. */
import { HostError, type JsonValue, parseJson } from '@dicache/protocol'
import type { Request, RequestHandler } from 'express'
import express from 'express'

/** Limits of bodies. */
export type BodyLimits = {
  /** Bytes of a JSON document, unpacked. */
  readonly jsonBytes: number
  /** Bytes of an upload, or of a file sent as it is. */
  readonly uploadBytes: number
  /** How deep JSON may nest. */
  readonly jsonDepth: number
}

/** 32 MiB of JSON, 100 MiB of upload (ComfyUI's), 200 levels. */
export const DEFAULT_LIMITS: BodyLimits = {
  jsonBytes: 32 * 2 ** 20,
  uploadBytes: 100 * 2 ** 20,
  jsonDepth: 200,
}

/** Reads the body into a Buffer, whatever its type. Too much is a 413, at once where its length was told. */
export function rawBody(limitBytes: number): RequestHandler {
  const read = express.raw({ type: () => true, limit: limitBytes })
  return function readRawBody(request, response, next) {
    if (Number(request.headers['content-length'] ?? 0) <= limitBytes) {
      read(request, response, next)
      return
    }
    response.set('Connection', 'close')
    next(new HostError('TOO_LARGE', `The body may have ${Math.floor(limitBytes / 2 ** 20)} MB at most.`))
  }
}

/** The bytes that {@link rawBody} read. */
export function bodyBytes(request: Request): Buffer {
  const body: unknown = request.body
  return Buffer.isBuffer(body) ? body : Buffer.alloc(0)
}

/**
 * The body as JSON; numbers keep their form. An empty body is undefined.
 * @throws NOT_JSON, TOO_DEEP
 */
export function bodyJson(request: Request, limits: BodyLimits): JsonValue | undefined {
  const bytes = bodyBytes(request)
  if (bytes.length === 0) return undefined
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (cause) {
    throw new HostError('NOT_JSON', 'The body is not UTF-8 text.', { cause })
  }
  return parseJson(text, { keepFloats: true, maxDepth: limits.jsonDepth })
}
