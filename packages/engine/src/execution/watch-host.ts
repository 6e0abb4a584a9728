/** How a run learns which weight files its nodes ask for. */
import type { HostServices } from '@dicache/sdk'
import type { UsedModel } from '../caching/result-cache.ts'

/** Gives the services of the host as one node sees them: `note` hears of the weight files that it asks for. */
export type WatchHost = (note: (model: UsedModel) => void) => HostServices

/** Names a file in one of its states. */
export function modelKey({ folder, name, path, sizeBytes, modifiedMs }: UsedModel): string {
  return JSON.stringify([folder, name, path, sizeBytes, modifiedMs])
}
