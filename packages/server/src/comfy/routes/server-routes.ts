/** What the server is and has: statistics, features, extensions, templates. */
import { freemem, totalmem } from 'node:os'
import type { JsonObject, JsonValue } from '@dicache/protocol'
import { readdir } from 'node:fs/promises'
import { findBelow } from '../../security/contained-file.ts'
import { fileHeaders } from '../../security/file-types.ts'
import { HostError } from '@dicache/protocol'
import type { ComfyContext } from '../comfy-context.ts'
import { type ComfyRoute, json } from '../define-route.ts'

/** The version of ComfyUI whose protocol this is. */
const COMFYUI_VERSION = '0.3.64'
/** The name under which our example workflows are listed. */
const TEMPLATES = 'dicache'

export function serverRoutes({ services, features }: ComfyContext): readonly ComfyRoute[] {
  const { options } = services
  const templates = options.workflows
  return [
    {
      method: 'get',
      path: '/system_stats',
      summary: 'Memory, versions, devices',
      answers: { 200: 'The statistics' },
      handle: () => json(systemStats(services.worker.facts())),
    },
    {
      method: 'get',
      path: '/features',
      summary: 'What the server can do',
      answers: { 200: 'Features by name' },
      handle: () => json(features),
    },
    {
      method: 'get',
      path: '/extensions',
      summary:
        'Scripts that packs bring for the editor; there are none, since packs run no code in the browser',
      answers: { 200: 'Paths' },
      handle: () => json([]),
    },
    {
      method: 'get',
      path: '/i18n',
      summary: 'Translations that packs bring',
      answers: { 200: 'Translations by language' },
      handle: () => json({}),
    },
    {
      method: 'get',
      path: '/workflow_templates',
      summary: 'Example workflows by pack',
      answers: { 200: 'Names by pack' },
      async handle() {
        const files = templates === undefined ? [] : await readdir(templates).catch(() => [])
        const names = files.filter((file) => file.endsWith('.json')).map((file) => file.slice(0, -5))
        return json(names.length === 0 ? {} : { [TEMPLATES]: names.toSorted() })
      },
    },
    {
      method: 'get',
      path: '/workflow_templates/{pack}/{file}',
      summary: 'One example workflow',
      parameters: {
        pack: { description: 'Its pack', schema: { type: 'string' } },
        file: { description: 'Its name, with .json', schema: { type: 'string' } },
      },
      answers: { 200: 'The workflow', 404: 'There is none' },
      async handle({ params: { pack, file = '' } }) {
        const found =
          templates === undefined || pack !== TEMPLATES || !file.endsWith('.json')
            ? undefined
            : await findBelow(templates, file)
        if (found?.kind !== 'file') throw new HostError('NOT_FOUND', 'There is no such template.')
        return { kind: 'file', path: found.realPath, headers: fileHeaders(file) }
      },
    },
  ]
}

function systemStats(facts: { readonly device: string | undefined } | undefined): JsonObject {
  const device = facts?.device ?? 'cpu'
  const isCpu = device === 'cpu'
  // Of another device's memory nothing is known here.
  const memory = isCpu ? { vram_total: totalmem(), vram_free: freemem() } : { vram_total: 0, vram_free: 0 }
  const devices: JsonValue = [
    {
      name: device,
      type: device,
      index: isCpu ? null : 0,
      ...memory,
      torch_vram_total: memory.vram_total,
      torch_vram_free: memory.vram_free,
    },
  ]
  return {
    system: {
      os: process.platform,
      ram_total: totalmem(),
      ram_free: freemem(),
      comfyui_version: COMFYUI_VERSION,
      required_frontend_version: '',
      installed_templates_version: '',
      required_templates_version: '',
      python_version: `Node ${process.versions.node}`,
      pytorch_version: 'ONNX Runtime',
      embedded_python: false,
      argv: ['dicache', 'serve'],
    },
    devices,
  }
}
