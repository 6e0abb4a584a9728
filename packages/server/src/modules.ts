/** What the server is made of, in order: the middleware of the first comes first. */
import { pageModule } from './http/page-module.ts'
import type { ModuleFactory } from './server-module.ts'

export const MODULES: readonly ModuleFactory[] = [pageModule]
