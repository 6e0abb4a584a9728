/** Saved workflows with versions, for editors that save by themselves: every write says what it replaces. */
import { HostError, isJsonObject } from '@dicache/protocol'
import type { ComfyContext } from '../comfy/comfy-context.ts'
import { type Answer, type Call, type ComfyRoute, empty, json } from '../comfy/define-route.ts'
import { safePath } from '../security/names.ts'
import { type Condition, createDocumentStore } from './document-store.ts'
import type { VersionKind } from './thin-versions.ts'

const file = {
  file: { description: 'Its path below the workflows, slashes as %2F', schema: { type: 'string' } },
} as const

export function documentRoutes({ userdata }: Pick<ComfyContext, 'userdata'>): readonly ComfyRoute[] {
  const store = createDocumentStore(userdata)
  return [
    {
      method: 'get',
      path: '/documents',
      summary: 'The saved workflows, newest first',
      answers: { 200: 'Path, size in bytes and time of change of each' },
      async handle() {
        const found = await store.list()
        return json(found.map(({ path, sizeBytes, modifiedMs }) => ({ path, sizeBytes, modifiedMs })))
      },
    },
    {
      method: 'get',
      path: '/documents/{file}',
      summary: 'A saved workflow; its ETag is what a write has to name',
      parameters: file,
      answers: {
        200: 'The workflow',
        400: 'No such name',
        403: 'It leaves its folder',
        404: 'There is none',
      },
      async handle({ params }) {
        const { bytes, etag } = await store.read(nameIn(params))
        return workflow(bytes, etag)
      },
    },
    {
      method: 'put',
      path: '/documents/{file}',
      summary:
        'Saves a workflow, and keeps it as a version; needs If-Match, If-None-Match: *, or overwrite=true',
      parameters: file,
      query: {
        kind: {
          description: 'Who saves: its user, or the editor by itself',
          schema: { enum: ['saved', 'autosave'], default: 'saved' },
        },
        overwrite: { description: 'Replace whatever is there', schema: { enum: ['true', 'false'] } },
      },
      headers: {
        'If-Match': { description: 'The ETag that was read', schema: { type: 'string' } },
        'If-None-Match': { description: '*: only where there is none yet', schema: { enum: ['*'] } },
      },
      body: { kind: 'json', mediaType: 'application/json', schema: { type: 'object' } },
      answers: {
        200: 'Its new ETag',
        400: 'The body is no JSON object, or the name none',
        403: 'It leaves its folder',
        409: 'It is there already',
        412: 'It is not what If-Match names any more; nothing was written',
        413: 'Too large',
        428: 'The request does not say what it replaces',
      },
      async handle(call: Call) {
        const name = nameIn(call.params)
        const kind = kindIn(call.query)
        const condition = conditionOf(call)
        if (!isJsonObject(call.json() ?? null))
          throw new HostError('BAD_REQUEST', 'A workflow is a JSON object.')
        return json({ etag: await store.write(name, call.bytes(), { condition, kind }) })
      },
    },
    {
      method: 'delete',
      path: '/documents/{file}',
      summary: 'Deletes a saved workflow with all its versions',
      parameters: file,
      answers: { 204: 'Deleted', 400: 'No such name', 403: 'It leaves its folder', 404: 'There is none' },
      async handle({ params }) {
        await store.remove(nameIn(params))
        return empty(204)
      },
    },
    {
      method: 'get',
      path: '/documents/{file}/versions',
      summary: 'The versions of a saved workflow, newest first',
      parameters: file,
      answers: { 200: 'Versions; none for a name that is not there', 400: 'No such name' },
      handle: async ({ params }) => json((await store.versions(nameIn(params))).map((one) => ({ ...one }))),
    },
    {
      method: 'get',
      path: '/documents/{file}/versions/{version}',
      summary: 'A version of a saved workflow',
      parameters: { ...file, version: { description: 'Its id, as listed', schema: { type: 'string' } } },
      answers: { 200: 'The workflow', 404: 'There is none' },
      async handle({ params }) {
        const bytes = await store.version(nameIn(params), params['version'] ?? '')
        return workflow(bytes)
      },
    },
  ]
}

function workflow(bytes: Buffer, etag?: string): Answer {
  const headers = {
    'Content-Type': 'application/json; charset=utf-8',
    'Cache-Control': 'no-cache',
    ...(etag !== undefined && { ETag: etag }),
  }
  return { kind: 'bytes', bytes, headers }
}

function nameIn(params: Call['params']): string {
  const name = safePath(params['file'] ?? '')
  if (name === '') throw new HostError('BAD_REQUEST', 'The name is empty.')
  return name
}

function kindIn(query: URLSearchParams): VersionKind {
  const kind = query.get('kind') ?? 'saved'
  if (kind === 'saved' || kind === 'autosave') return kind
  throw new HostError('BAD_REQUEST', '"kind" must be "saved" or "autosave".')
}

function conditionOf({ request, query }: Call): Condition {
  if (query.get('overwrite') === 'true') return 'none'
  const { 'if-match': match, 'if-none-match': none } = request.headers
  if (none?.trim() === '*') return 'absent'
  const etags = match?.match(/"[^"]*"/g) ?? []
  if (etags.length > 0) return { etags }
  throw new HostError(
    'CONDITION_MISSING',
    'Say what this replaces: "If-Match" with the ETag that was read, "If-None-Match: *" for a new workflow, or "overwrite=true".',
  )
}
