/** Turns prompts of the API format into documents of the editor, with the nodes laid out. */
import { HostError, stringifyJson, type JsonValue } from '@dicache/protocol'
import type { ComfyContext } from '../comfy/comfy-context.ts'
import type { ComfyRoute } from '../comfy/define-route.ts'

/** Laying out takes more than linear time: a prompt of this size is done in about a second. */
const MAX_BYTES = 2 * 2 ** 20

export function convertRoutes({
  services,
}: {
  readonly services: Pick<ComfyContext['services'], 'catalogue'>
}): readonly ComfyRoute[] {
  return [
    {
      method: 'post',
      path: '/convert',
      summary: 'The editor’s document of a prompt of the API format; a document stays as it is',
      body: { kind: 'json', mediaType: 'application/json', schema: { type: 'object' }, maxBytes: MAX_BYTES },
      answers: {
        200: 'The document as "document", and what was wrong with the prompt as "problems"',
        400: 'The body is no workflow',
        413: 'Too large',
      },
      async handle(call) {
        // Read for its depth and for what is wrong with it as JSON; numbers are kept as they were written.
        if (call.json() === undefined) throw new HostError('BAD_REQUEST', 'The body is empty.')
        const { text, problems } = await services.catalogue.convert(call.bytes().toString('utf8'), 'ui')
        const [first] = problems
        if (text === undefined)
          throw new HostError('BAD_REQUEST', first?.message ?? 'The body is no workflow.')
        const told = stringifyJson(problems as unknown as JsonValue)
        return { kind: 'text', text: `{"document":${text.trim()},"problems":${told}}` }
      },
    },
  ]
}
