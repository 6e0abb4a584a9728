/** The OpenAPI 3.1 description of a table of routes. */
import type { JsonValue } from '@dicache/protocol'
import type { ComfyRoute, RouteParameter } from './define-route.ts'

type Plain = { readonly [key: string]: JsonValue }

/** Describes the routes; they exist below `/api` as well. */
export function openApi(routes: readonly ComfyRoute[], version: string): Plain {
  const paths: Record<string, Record<string, Plain>> = {}
  for (const route of routes) {
    const operations = (paths[route.path] ??= {})
    operations[route.method] = operationOf(route)
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'DiCache Studio: ComfyUI’s API, and what the editor needs beside it',
      version,
      description:
        'ComfyUI’s HTTP protocol; ours beside it are /documents, /convert and DELETE /history/{prompt_id}. JSON bodies are read whatever their content type. Progress comes through the WebSocket at /ws. Callers from other machines send the access token as a bearer token.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }, { url: '/api' }],
    security: [{}, { token: [] }, { session: [] }],
    paths,
    components: {
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer' },
        session: { type: 'apiKey', in: 'cookie', name: 'dicache_session' },
      },
      schemas: {
        Error: {
          type: 'object',
          required: ['error'],
          properties: {
            error: {
              oneOf: [
                { type: 'string' },
                {
                  type: 'object',
                  required: ['type', 'message'],
                  properties: {
                    type: { type: 'string' },
                    message: { type: 'string' },
                    details: { type: 'string' },
                    extra_info: { type: 'object' },
                  },
                },
              ],
            },
            node_errors: { type: 'object' },
          },
        },
      },
    },
  }
}

function operationOf(route: ComfyRoute): Plain {
  const responses: Record<string, Plain> = {}
  for (const [status, description] of Object.entries(route.answers)) {
    responses[status] =
      Number(status) >= 400
        ? refusal(description)
        : {
            description,
            ...(hasBody(route, Number(status)) && {
              content: { [route.answerType ?? 'application/json']: { schema: {} } },
            }),
          }
  }
  responses['default'] ??= refusal('Refused; the body says why.')
  return {
    operationId: operationId(route),
    summary: route.summary,
    parameters: [
      ...describe('path', route.parameters),
      ...describe('query', route.query),
      ...describe('header', route.headers),
    ],
    ...(route.body !== undefined && {
      requestBody: {
        required: route.body.optional !== true,
        content: { [route.body.mediaType]: { schema: route.body.schema as Plain } },
      },
    }),
    responses,
  }
}

function hasBody({ answerType }: ComfyRoute, status: number): boolean {
  return answerType !== '' && status !== 204
}

function refusal(description: string): Plain {
  return {
    description,
    content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
  }
}

function describe(place: 'path' | 'query' | 'header', parameters: ComfyRoute['query'] = {}): Plain[] {
  return Object.entries(parameters).map(
    ([name, { description, schema, required }]: [string, RouteParameter]) => ({
      name,
      in: place,
      description,
      required: place === 'path' || required === true,
      schema: schema as Plain,
    }),
  )
}

function operationId({ method, path }: ComfyRoute): string {
  const words = path.split(/[^a-z0-9]+/i).filter((word) => word !== '')
  return [method, ...words].join('_')
}
