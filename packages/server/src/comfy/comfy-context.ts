/** What ComfyUI's routes work with. */
import path from 'node:path'
import type { JsonObject } from '@dicache/protocol'
import { type BodyLimits, DEFAULT_LIMITS } from '../security/read-body.ts'
import type { ServerServices } from '../services.ts'
import { createJsonStore, type JsonStore } from './files/json-store.ts'
import type { ChoicesOf } from './object-info.ts'

export type ComfyContext = {
  readonly services: ServerServices
  readonly limits: BodyLimits
  /** Files that editors keep: workflows and the like. Settings are not among them. */
  readonly userdata: string
  readonly settings: JsonStore
  readonly users: JsonStore
  /** What the server can do, as its clients are told. */
  readonly features: JsonObject
  /** Holds the events of a run back until the function it gives is called: when its client was answered. */
  readonly holdEvents: (runId: string, clientId: string | undefined) => () => void
  /** The choices of every source at this moment. */
  readonly choices: () => Promise<ChoicesOf>
}

const MAX_STORE_BYTES = 4 * 2 ** 20

/** Lays the user's folders out; nothing is created. */
export function comfyContext(
  services: ServerServices,
  features: JsonObject,
  holdEvents: ComfyContext['holdEvents'],
  limits: BodyLimits = DEFAULT_LIMITS,
): ComfyContext {
  const user = path.join(services.folders.home, 'user')
  return {
    services,
    limits,
    userdata: path.join(user, 'default'),
    settings: createJsonStore(path.join(user, 'settings.json'), MAX_STORE_BYTES),
    users: createJsonStore(path.join(user, 'users.json'), MAX_STORE_BYTES),
    features,
    holdEvents,
    async choices() {
      const { choices } = await services.catalogue.list()
      return (source) => choices[source] ?? []
    },
  }
}
