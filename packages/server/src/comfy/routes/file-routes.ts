/** Pictures in and out. */
import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { type FileKind, HostError, isJsonObject, parseJson } from '@dicache/protocol'
import { type ContainedPath, findBelow } from '../../security/contained-file.ts'
import { fileHeaders } from '../../security/file-types.ts'
import { safeName, safePath } from '../../security/names.ts'
import type { ComfyContext } from '../comfy-context.ts'
import { type Call, type ComfyRoute, json } from '../define-route.ts'
import { encodeChannel, encodePreview, putAlpha } from '../files/picture-work.ts'
import { copyTexts } from '../files/png-text-chunks.ts'
import { hashOf, publishFile } from '../files/publish-file.ts'
import { type Upload, type UploadedFile, withUpload } from '../files/read-upload.ts'

export function fileRoutes({ services, limits }: ComfyContext): readonly ComfyRoute[] {
  const { folders } = services
  const rootOf = (kind: string): string => {
    if (kind !== 'input' && kind !== 'output' && kind !== 'temp')
      throw new HostError('BAD_REQUEST', 'The type must be input, output or temp.')
    return folders[kind]
  }
  const find = async (place: FilePlace): Promise<ContainedPath> => {
    const found = await findBelow(rootOf(place.type), joined(place))
    if (found?.kind !== 'file') throw new HostError('FILE_NOT_FOUND', 'There is no such file.')
    return found
  }
  const receive = (
    call: Call,
    prepare: (upload: Upload, file: UploadedFile) => Promise<UploadedFile>,
  ): Promise<ReturnType<typeof json>> =>
    withUpload(call.request, { folder: folders.temp, maxBytes: limits.uploadBytes }, async (upload) => {
      const { fields } = upload
      if (upload.file === undefined || upload.file.filename === '')
        throw new HostError('BAD_REQUEST', 'The form has no file in the field "image".')
      const type = fields.get('type') ?? 'input'
      const root = rootOf(type)
      const subfolder = subfolderIn(fields.get('subfolder') ?? '')
      const overwrite = ['true', '1'].includes(fields.get('overwrite') ?? '')
      // Names are judged before any work is done with the file.
      safeName(upload.file.filename)
      const file = await prepare(upload, upload.file)
      const name = await publishFile({
        root,
        subfolder,
        overwrite,
        source: file.path,
        sha256: file.sha256,
        name: file.filename,
      })
      return json({ name, subfolder, type })
    })

  return [
    {
      method: 'get',
      path: '/view',
      summary: 'A file of the output, input or temporary folder',
      query: {
        filename: {
          description: 'Its name; may end with [input], [output] or [temp]',
          schema: { type: 'string', minLength: 1 },
          required: true,
        },
        type: { description: 'The folder', schema: { enum: ['output', 'input', 'temp'], default: 'output' } },
        subfolder: { description: 'A folder in it', schema: { type: 'string' } },
        preview: { description: 'Re-encoded: webp, or jpeg;80', schema: { type: 'string' } },
        channel: { description: 'rgb without alpha, a only alpha', schema: { enum: ['rgba', 'rgb', 'a'] } },
      },
      answers: { 200: 'The file', 400: 'No such name', 403: 'It leaves the folder', 404: 'There is none' },
      answerType: '*/*',
      async handle({ query }) {
        const filename = query.get('filename')
        if (filename === null) throw new HostError('FILE_NOT_FOUND', 'There is no file without a name.')
        if (filename === '') throw new HostError('BAD_REQUEST', 'The name is empty.')
        const [, bare = filename, kind = query.get('type') ?? 'output'] =
          /^(.*?) ?\[(input|output|temp)\]$/s.exec(filename) ?? []
        const found = await find({
          filename: leavesAs400(bare),
          type: kind,
          subfolder: query.get('subfolder') ?? '',
        })
        // Another file may be there under the same name tomorrow.
        const headers = { ...fileHeaders(path.basename(bare)), 'Cache-Control': 'no-cache' }
        const preview = query.get('preview')
        if (preview !== null && preview !== '') {
          const { bytes, type } = await encodePreview(found.realPath, preview)
          return { kind: 'bytes', bytes, headers: { ...headers, 'Content-Type': type } }
        }
        const channel = query.get('channel') ?? 'rgba'
        if (channel === 'rgb' || channel === 'a') {
          const bytes = await encodeChannel(found.realPath, channel)
          return { kind: 'bytes', bytes, headers: { ...headers, 'Content-Type': 'image/png' } }
        }
        return { kind: 'file', path: found.realPath, headers }
      },
    },
    {
      method: 'post',
      path: '/upload/image',
      summary: 'Puts a file into a folder, the input folder unless said',
      body: { kind: 'stream', mediaType: 'multipart/form-data', schema: uploadSchema({}) },
      answers: { 200: 'Its name and place', 400: 'No such form', 413: 'Too large' },
      handle: (call) => receive(call, async (_upload, file) => file),
    },
    {
      method: 'post',
      path: '/upload/mask',
      summary: 'Puts the alpha of a picture on another one that is there',
      body: {
        kind: 'stream',
        mediaType: 'multipart/form-data',
        schema: uploadSchema({ original_ref: { type: 'string' } }),
      },
      answers: { 200: 'Its name and place', 400: 'No such form', 404: 'No such original', 413: 'Too large' },
      handle: (call) =>
        receive(call, async ({ fields }, file) => {
          const original = await find(originalIn(fields.get('original_ref') ?? fields.get('originalRef')))
          const picture = await putAlpha(original.realPath, file.path)
          await writeFile(file.path, copyTexts(await readFile(original.realPath), picture))
          return { ...file, sha256: await hashOf(file.path) }
        }),
    },
  ]
}

type FilePlace = { readonly filename: string; readonly type: string; readonly subfolder: string }

function joined({ filename, subfolder }: FilePlace): string {
  const folder = safePath(subfolder)
  return folder === '' ? filename : `${folder}/${filename}`
}

/** A name that leaves the folder is a 400, a subfolder that does a 403: ComfyUI's statuses. */
function leavesAs400(filename: string): string {
  try {
    return safePath(filename)
  } catch (cause) {
    throw new HostError('BAD_REQUEST', `"${filename.slice(0, 100)}" is no file name.`, { cause })
  }
}

function subfolderIn(text: string): string {
  try {
    return safePath(text)
  } catch (cause) {
    throw new HostError('BAD_REQUEST', 'The subfolder leaves its folder, or is none.', { cause })
  }
}

/** The picture that a mask is for; one public client spells the field `originalRef`. @throws BAD_REQUEST */
function originalIn(text: string | undefined): FilePlace {
  if (text === undefined) throw new HostError('BAD_REQUEST', 'The form needs the field "original_ref".')
  const value = parseJson(text, { maxDepth: 10 })
  if (!isJsonObject(value) || typeof value['filename'] !== 'string' || value['filename'] === '')
    throw new HostError('BAD_REQUEST', '"original_ref" must be an object with a "filename".')
  const { filename, type = 'output' satisfies FileKind, subfolder = '' } = value
  if (typeof type !== 'string' || typeof subfolder !== 'string')
    throw new HostError('BAD_REQUEST', '"type" and "subfolder" of "original_ref" must be texts.')
  return { filename: leavesAs400(filename), type, subfolder: subfolderIn(subfolder) }
}

function uploadSchema(more: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return {
    type: 'object',
    required: ['image'],
    properties: {
      image: { type: 'string', format: 'binary' },
      overwrite: { enum: ['true', '1', 'false'] },
      type: { enum: ['input', 'temp', 'output'] },
      subfolder: { type: 'string' },
      ...more,
    },
  }
}
