/** What the server is made of, in order: the middleware of the first comes first. */
import { metricsModule } from './http/metrics-module.ts'
import { pageModule } from './http/page-module.ts'
import { socketModule } from './sockets/socket-module.ts'
import type { ModuleFactory } from './server-module.ts'

export const MODULES: readonly ModuleFactory[] = [socketModule, metricsModule, pageModule]
