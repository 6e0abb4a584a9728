/** The nodes as data, and the way from a document's text to a checked graph. */
import { convertWorkflow, type Host, type openWorkflow } from '@dicache/host'
import type { NodeCatalogue } from './services.ts'

export function createCatalogue(host: Host, open: typeof openWorkflow): NodeCatalogue {
  const { registry } = host
  return {
    manifests: registry.manifests,
    get: registry.get,
    choices: host.choices,
    async list() {
      const sources = new Set(
        registry.manifests.flatMap(({ params }) =>
          params.flatMap((param) =>
            param.kind === 'choice' && param.source !== undefined ? [param.source] : [],
          ),
        ),
      )
      const entries = [...sources].map(async (source) => [source, await host.choices(source)] as const)
      return { nodes: registry.manifests, choices: Object.fromEntries(await Promise.all(entries)) }
    },
    open: (source, options) => open(host, source, options),
    convert: (text, to) => convertWorkflow(host, text, { to }),
  }
}
