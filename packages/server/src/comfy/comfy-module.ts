/** ComfyUI's API as a part of the server: its routes, its WebSocket, and the description of both. */
import { DEFAULT_LIMITS } from '../security/read-body.ts'
import type { ModuleFactory } from '../server-module.ts'
import { convertRoutes } from '../studio/convert-routes.ts'
import { documentRoutes } from '../studio/document-routes.ts'
import { outputRoutes } from '../studio/output-routes.ts'
import { comfyContext } from './comfy-context.ts'
import { createRouter } from './create-router.ts'
import { type ComfyRoute, json } from './define-route.ts'
import { openApi } from './open-api.ts'
import { fileRoutes } from './routes/file-routes.ts'
import { historyRoutes } from './routes/history-routes.ts'
import { jobRoutes } from './routes/job-routes.ts'
import { modelRoutes } from './routes/model-routes.ts'
import { objectInfoRoutes } from './routes/object-info-routes.ts'
import { promptRoutes } from './routes/prompt-routes.ts'
import { queueRoutes } from './routes/queue-routes.ts'
import { serverRoutes } from './routes/server-routes.ts'
import { userRoutes } from './routes/user-routes.ts'
import { userdataRoutes } from './routes/userdata-routes.ts'
import { createComfySocket } from './socket/comfy-socket.ts'

/** The version of this description. */
const VERSION = '1.0.0'

export const comfyModule: ModuleFactory = (services) => {
  const { log, runs } = services
  const features = { supports_preview_metadata: true, max_upload_size: DEFAULT_LIMITS.uploadBytes }
  const socket = createComfySocket({ runs, features, log })
  const context = comfyContext(services, features, socket.hold)
  const routes: readonly ComfyRoute[] = [
    serverRoutes,
    objectInfoRoutes,
    modelRoutes,
    promptRoutes,
    queueRoutes,
    historyRoutes,
    jobRoutes,
    fileRoutes,
    userdataRoutes,
    userRoutes,
    documentRoutes,
    convertRoutes,
    outputRoutes,
  ].flatMap((create) => create(context))
  const described: ComfyRoute = {
    method: 'get',
    path: '/openapi.json',
    summary: 'This description',
    answers: { 200: 'OpenAPI 3.1' },
    handle: () => json(description),
  }
  const all = [...routes, described]
  const description = openApi(all, VERSION)
  return {
    name: 'comfy',
    routes: createRouter(all, context.limits, (error, request) => {
      log.error({ err: error.cause ?? error, method: request.method, path: request.path }, error.message)
    }),
    upgrade: socket.upgrade,
    dispose: socket.dispose,
  }
}
