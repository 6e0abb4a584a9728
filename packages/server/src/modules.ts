/** What the server is made of, in order: the middleware of the first comes first. */
import { comfyModule } from './comfy/comfy-module.ts'
import { metricsModule } from './http/metrics-module.ts'
import { pageModule } from './http/page-module.ts'
import { securityModule } from './security/security-module.ts'
import { webhookModule } from './security/webhook-module.ts'
import type { ModuleFactory } from './server-module.ts'
import { socketModule } from './sockets/socket-module.ts'

export const MODULES: readonly ModuleFactory[] = [
  securityModule,
  socketModule,
  comfyModule,
  webhookModule,
  metricsModule,
  pageModule,
]
