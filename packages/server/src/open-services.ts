/** Opens what the modules work with. (The run service and the worker come with the next commits.) */
import type { ServerOptions } from './server-options.ts'
import type { ServerServices } from './services.ts'

export type OpenedServices = { readonly services: ServerServices; readonly close: () => Promise<void> }

export function openServices(_options: ServerOptions): Promise<OpenedServices> {
  return Promise.reject(new Error('the run service is not there yet'))
}
