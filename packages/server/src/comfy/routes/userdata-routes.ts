/** Files that editors keep on the server: workflows, templates, styles. */
import { stat, unlink, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { HostError, type JsonValue } from '@dicache/protocol'
import { findBelow, placeBelow } from '../../security/contained-file.ts'
import { fileHeaders } from '../../security/file-types.ts'
import { safePath } from '../../security/names.ts'
import type { ComfyContext } from '../comfy-context.ts'
import { type Answer, type Call, type ComfyRoute, empty, json } from '../define-route.ts'
import { listTree, type TreeEntry } from '../files/list-tree.ts'
import { moveFile } from '../files/move-file.ts'
import { putFile } from '../files/put-file.ts'

/** No control characters, no backslashes. */
const FILE_PATH = {
  type: 'string',
  minLength: 1,
  maxLength: 1024,
  pattern: '^[^\\u0000-\\u001f\\u007f\\\\]+$',
} as const
/** Anything else is what the parameter is unless said. */
const boolean = { type: 'string', examples: ['true', 'false'] } as const
const fileParameter = {
  file: { description: 'A path in the user’s folder, slashes as %2F', schema: FILE_PATH },
} as const
const writeQuery = {
  overwrite: { description: 'Replace what is there; true unless said', schema: boolean },
  full_info: { description: 'Answer with size and time', schema: boolean },
} as const

export function userdataRoutes({ userdata }: ComfyContext): readonly ComfyRoute[] {
  const existing = async (file: string): Promise<string> => {
    const found = await findBelow(userdata, namedFile(file))
    if (found?.kind !== 'file') throw new HostError('FILE_NOT_FOUND', 'There is no such file.')
    return found.realPath
  }
  const written = async (target: string, file: string, query: URLSearchParams): Promise<Answer> => {
    const relative = safePath(file)
    if (!isTrue(query, 'full_info')) return json(relative)
    const facts = await stat(target)
    return json({ path: relative, size: facts.size, modified: facts.mtimeMs / 1000 })
  }

  return [
    {
      method: 'get',
      path: '/userdata',
      summary: 'Names of files in a folder',
      query: {
        dir: { description: 'The folder; "." is the user’s own', schema: FILE_PATH, required: true },
        recurse: { description: 'Folders in it, too', schema: boolean },
        full_info: { description: 'With size and time', schema: boolean },
        split: { description: 'Each path with its parts', schema: boolean },
      },
      answers: {
        200: 'The names',
        400: 'No folder was named',
        403: 'It leaves the user’s',
        404: 'There is none',
      },
      async handle({ query }) {
        const dir = query.get('dir')
        if (dir === null || dir === '') throw new HostError('BAD_REQUEST', 'Name a folder in "dir".')
        const folder = await findBelow(userdata, dir === '.' ? '' : dir.replace(/\/+$/, ''))
        if (folder?.kind !== 'folder') throw new HostError('FILE_NOT_FOUND', 'There is no such folder.')
        const entries = await listTree(folder.realPath, isTrue(query, 'recurse'))
        return json(entries.filter(({ kind }) => kind === 'file').map((entry) => listed(entry, query)))
      },
    },
    {
      method: 'get',
      path: '/v2/userdata',
      summary: 'Everything below a folder',
      query: { path: { description: 'The folder; the user’s own unless said', schema: { type: 'string' } } },
      answers: { 200: 'Files and folders', 400: 'It leaves the user’s folder', 404: 'There is none' },
      async handle({ query }) {
        const base = inside400(query.get('path') ?? '')
        const folder = await findBelow(userdata, base)
        if (folder === undefined && base === '') return json([])
        if (folder?.kind !== 'folder') throw new HostError('FILE_NOT_FOUND', 'There is no such folder.')
        const entries = await listTree(folder.realPath, true)
        return json(
          entries.map((entry) => ({
            name: entry.name,
            path: base === '' ? entry.path : `${base}/${entry.path}`,
            type: entry.kind === 'file' ? 'file' : 'directory',
            ...(entry.kind === 'file' && { size: entry.sizeBytes, modified: entry.modifiedMs / 1000 }),
          })),
        )
      },
    },
    {
      method: 'get',
      path: '/userdata/{file}',
      summary: 'A file',
      parameters: fileParameter,
      answers: { 200: 'The file', 404: 'There is none' },
      answerType: '*/*',
      async handle({ params: { file = '' } }) {
        const found = await existing(file)
        return {
          kind: 'file',
          path: found,
          headers: { ...fileHeaders(path.basename(file)), 'Cache-Control': 'no-cache' },
        }
      },
    },
    {
      method: 'post',
      path: '/userdata/{file}',
      summary: 'Keeps a file',
      parameters: fileParameter,
      query: writeQuery,
      body: {
        kind: 'raw',
        mediaType: 'application/octet-stream',
        schema: { type: 'string' },
        optional: true,
      },
      answers: {
        200: 'Its path',
        403: 'It leaves the user’s folder',
        409: 'It is there already',
        413: 'Too large',
      },
      async handle(call: Call) {
        const file = namedFile(call.params['file'] ?? '')
        const target = await placeBelow(userdata, file)
        await putFile(target, {
          overwrite: overwrites(call.query),
          make: (at) => writeFile(at, call.bytes(), { flag: 'wx' }),
        })
        return written(target, file, call.query)
      },
    },
    {
      method: 'delete',
      path: '/userdata/{file}',
      summary: 'Deletes a file',
      parameters: fileParameter,
      answers: { 204: 'Deleted', 404: 'There is none' },
      async handle({ params: { file = '' } }) {
        await unlink(await existing(file))
        return empty(204)
      },
    },
    {
      method: 'post',
      path: '/userdata/{file}/move/{dest}',
      summary: 'Moves a file',
      parameters: { ...fileParameter, dest: { description: 'Its new path', schema: FILE_PATH } },
      query: writeQuery,
      answers: {
        200: 'Its new path',
        403: 'It leaves the user’s folder',
        404: 'There is none',
        409: 'The new one is there already',
      },
      async handle({ params: { file = '', dest = '' }, query }) {
        const source = await existing(file)
        const target = await placeBelow(userdata, namedFile(dest))
        await moveFile(source, target, overwrites(query))
        return written(target, dest, query)
      },
    },
  ]
}

/** A path of a file, never the folder itself. */
function namedFile(text: string): string {
  const safe = safePath(text)
  if (safe === '') throw new HostError('BAD_REQUEST', 'The name is empty.')
  return safe
}

function inside400(text: string): string {
  try {
    return safePath(text)
  } catch (cause) {
    throw new HostError('BAD_REQUEST', 'The path leaves the user’s folder, or is none.', { cause })
  }
}

function listed({ path: file, sizeBytes, modifiedMs }: TreeEntry, query: URLSearchParams): JsonValue {
  if (isTrue(query, 'full_info')) return { path: file, size: sizeBytes, modified: modifiedMs / 1000 }
  return isTrue(query, 'split') ? [file, ...file.split('/')] : file
}

function isTrue(query: URLSearchParams, name: string): boolean {
  const text = query.get(name)?.toLowerCase()
  return text === 'true' || text === '1'
}

function overwrites(query: URLSearchParams): boolean {
  return query.get('overwrite')?.toLowerCase() !== 'false' && query.get('overwrite') !== '0'
}
