export { createServer } from './create-server.ts'
export type { Server } from './create-server.ts'
export type { QueueLimits, ServerOptions, WorkerLimits } from './server-options.ts'
