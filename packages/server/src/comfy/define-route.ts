/** Routes as data: one table serves them, describes them in OpenAPI, and is what the tests hold them to. */
import type { JsonValue } from '@dicache/protocol'
import type { Request } from 'express'

/** A JSON schema, as OpenAPI 3.1 takes it. */
export type JsonSchema = Readonly<Record<string, unknown>>

/** One parameter of a path or a query. */
export type RouteParameter = {
  readonly description: string
  readonly schema: JsonSchema
  readonly required?: true
}

/** What a route gets. */
export type Call = {
  readonly request: Request
  /** Parts of the path by name, decoded. */
  readonly params: Readonly<Record<string, string>>
  readonly query: URLSearchParams
  /** The body as JSON, whatever its type; undefined when it is empty. @throws NOT_JSON, TOO_DEEP */
  readonly json: () => JsonValue | undefined
  /** The body as it came. */
  readonly bytes: () => Buffer
  /** Calls when the answer has gone out, or the client has gone. */
  readonly onAnswered: (call: () => void) => void
  /** Aborts when the client goes away. */
  readonly signal: AbortSignal
}

/** What a route answers. Statuses are 200 unless said. */
export type Answer =
  | { readonly kind: 'json'; readonly value: JsonValue; readonly status?: number }
  /** JSON text that was put together already. */
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'empty'; readonly status?: number }
  | {
      readonly kind: 'bytes'
      readonly bytes: Uint8Array
      readonly headers: Readonly<Record<string, string>>
    }
  /** A file by its absolute path without links. */
  | { readonly kind: 'file'; readonly path: string; readonly headers: Readonly<Record<string, string>> }

/** How a body is read before the route is called. `stream`: the route reads it itself. */
export type BodyKind = 'none' | 'json' | 'raw' | 'stream'

/** A route, below `/` and below `/api`. */
export type ComfyRoute = {
  readonly method: 'get' | 'post' | 'put' | 'delete'
  /** With parameters in braces: `/history/{prompt_id}`. */
  readonly path: string
  readonly summary: string
  readonly parameters?: Readonly<Record<string, RouteParameter>>
  readonly query?: Readonly<Record<string, RouteParameter>>
  readonly headers?: Readonly<Record<string, RouteParameter>>
  readonly body?: {
    readonly kind: Exclude<BodyKind, 'none'>
    readonly mediaType: string
    readonly schema: JsonSchema
    /** It may be left out. */
    readonly optional?: true
    /** The most that it may have. @defaultValue the server's limit for its kind */
    readonly maxBytes?: number
  }
  /** What the answers mean, by status. 4xx with a JSON body are added where they can happen. */
  readonly answers: Readonly<Record<number, string>>
  /** The type of a good answer's body; not there when it is empty. @defaultValue application/json */
  readonly answerType?: string
  readonly handle: (call: Call) => Answer | Promise<Answer>
}

/** A JSON answer. */
export function json(value: JsonValue, status?: number): Answer {
  return { kind: 'json', value, ...(status !== undefined && { status }) }
}

/** An answer without a body. */
export function empty(status?: number): Answer {
  return { kind: 'empty', ...(status !== undefined && { status }) }
}
