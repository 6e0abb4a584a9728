/** Model files by folder. */
import { stat } from 'node:fs/promises'
import path from 'node:path'
import { HostError, type JsonValue } from '@dicache/protocol'
import type { ComfyContext } from '../comfy-context.ts'
import { type ComfyRoute, json } from '../define-route.ts'
import { encodePreview } from '../files/picture-work.ts'
import { safetensorsMetadata } from '../files/safetensors-metadata.ts'

/** ComfyUI's folders, in its order. */
export const MODEL_FOLDERS: readonly string[] = [
  'checkpoints',
  'configs',
  'loras',
  'vae',
  'text_encoders',
  'diffusion_models',
  'clip_vision',
  'style_models',
  'embeddings',
  'diffusers',
  'vae_approx',
  'controlnet',
  'gligen',
  'upscale_models',
  'custom_nodes',
  'hypernetworks',
  'photomaker',
  'classifiers',
  'model_patches',
  'audio_encoders',
]

/** Not shown by the newer listing. */
const HIDDEN: ReadonlySet<string> = new Set(['configs', 'custom_nodes'])
/** Pictures that lie beside a model file, by what follows its name. */
const PREVIEW_ENDINGS: readonly string[] = ['.preview.png', '.png', '.preview.webp', '.webp', '.jpg', '.jpeg']

const folderParameter = {
  folder: { description: 'A model folder, such as vae', schema: { type: 'string' } },
} as const

export function modelRoutes({ services }: ComfyContext): readonly ComfyRoute[] {
  const { models, folders } = services
  const known = (folder: string): string => {
    if (!MODEL_FOLDERS.includes(folder)) throw new HostError('NOT_FOUND', 'There is no such model folder.')
    return folder
  }
  /** The absolute path of a listed model; names that were not listed are not looked up. */
  const fileOf = async (folder: string, name: string): Promise<string> => {
    const listed = await models.list(known(folder))
    if (!listed.some((entry) => entry.name === name))
      throw new HostError('NOT_FOUND', 'There is no such model.')
    return models.resolve(folder, name)
  }
  const rootIndex = (file: string): number =>
    Math.max(
      0,
      folders.models.findIndex((root) => file.startsWith(root + path.sep)),
    )
  return [
    {
      method: 'get',
      path: '/embeddings',
      summary: 'Embeddings, without their extensions',
      answers: { 200: 'Names' },
      async handle() {
        const listed = await models.list('embeddings')
        return json(listed.map(({ name }) => name.replace(/\.[^./]+$/, '')))
      },
    },
    {
      method: 'get',
      path: '/models',
      summary: 'The model folders',
      answers: { 200: 'Names' },
      handle: () => json(MODEL_FOLDERS),
    },
    {
      method: 'get',
      path: '/models/{folder}',
      summary: 'The files of a model folder',
      parameters: folderParameter,
      answers: { 200: 'Names', 404: 'No such folder' },
      async handle({ params: { folder = '' } }) {
        return json((await models.list(known(folder))).map(({ name }) => name))
      },
    },
    {
      method: 'get',
      path: '/experiment/models',
      summary: 'The model folders, and where they are',
      answers: { 200: 'Folders' },
      handle: () =>
        json(
          MODEL_FOLDERS.filter((name) => !HIDDEN.has(name)).map((name) => ({
            name,
            folders: folders.models.map((root) => path.join(root, name)),
          })),
        ),
    },
    {
      method: 'get',
      path: '/experiment/models/{folder}',
      summary: 'The files of a model folder with their facts',
      parameters: folderParameter,
      answers: { 200: 'Files', 404: 'No such folder' },
      async handle({ params: { folder = '' } }) {
        const listed = await models.list(known(folder))
        const rows = listed.map(async ({ name, sizeBytes, modifiedMs }): Promise<JsonValue> => {
          const file = await models.resolve(folder, name)
          const facts = await stat(file).catch(() => undefined)
          return {
            name,
            pathIndex: rootIndex(file),
            modified: modifiedMs / 1000,
            created: (facts?.birthtimeMs ?? modifiedMs) / 1000,
            size: sizeBytes,
          }
        })
        return json(await Promise.all(rows))
      },
    },
    {
      method: 'get',
      path: '/experiment/models/preview/{folder}/{path_index}/{filename}',
      summary: 'The picture that lies beside a model file',
      parameters: {
        ...folderParameter,
        path_index: { description: 'Which of the folder’s places', schema: { type: 'integer', minimum: 0 } },
        filename: { description: 'A listed name', schema: { type: 'string' } },
      },
      answers: { 200: 'The picture', 404: 'There is none' },
      answerType: 'image/webp',
      async handle({ params: { folder = '', path_index: index = '', filename = '' } }) {
        if (!/^\d{1,4}$/.test(index)) throw new HostError('NOT_FOUND', 'There is no such model.')
        const file = await fileOf(folder, filename)
        const stem = file.slice(0, file.length - path.extname(file).length)
        for (const ending of PREVIEW_ENDINGS) {
          const facts = await stat(stem + ending).catch(() => undefined)
          if (facts?.isFile() !== true) continue
          const { bytes, type } = await encodePreview(stem + ending, 'webp')
          return { kind: 'bytes', bytes, headers: { 'Content-Type': type } }
        }
        throw new HostError('NOT_FOUND', 'The model has no picture.')
      },
    },
    {
      method: 'get',
      path: '/view_metadata/{folder}',
      summary: 'What a safetensors file says of itself',
      parameters: folderParameter,
      query: { filename: { description: 'A listed name', schema: { type: 'string' } } },
      answers: { 200: 'Its metadata', 404: 'There is no such file, or it has none' },
      async handle({ params: { folder = '' }, query }) {
        const file = await fileOf(folder, query.get('filename') ?? '')
        const metadata = await safetensorsMetadata(file)
        if (metadata === undefined) throw new HostError('NOT_FOUND', 'The file has no metadata.')
        return json(metadata)
      },
    },
  ]
}
