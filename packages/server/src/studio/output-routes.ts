/** Deleting a run together with the files that it saved. */
import { HostError } from '@dicache/protocol'
import type { ComfyContext } from '../comfy/comfy-context.ts'
import { type ComfyRoute, json } from '../comfy/define-route.ts'
import { deleteOutputs } from './delete-outputs.ts'

export function outputRoutes({
  services: { runs, folders },
}: {
  readonly services: Pick<ComfyContext['services'], 'runs' | 'folders'>
}): readonly ComfyRoute[] {
  return [
    {
      method: 'delete',
      path: '/history/{prompt_id}',
      summary: 'Deletes an ended run, and with files=true the files that it saved into the output folder',
      parameters: { prompt_id: { description: 'Its id', schema: { type: 'string' } } },
      query: {
        files: {
          description: 'Whether its files go as well, for good',
          schema: { enum: ['true', 'false'], default: 'false' },
        },
      },
      answers: {
        200: 'What became of each file; a run with a file that should have gone and did not is still there',
        400: 'The query is none',
        404: 'There is no such run',
        409: 'It has not ended',
      },
      async handle({ params: { prompt_id: id = '' }, query }) {
        const run = runs.get(id)
        if (run.status === 'pending' || run.status === 'running')
          throw new HostError('RUN_NOT_ENDED', `The run is ${run.status}: cancel it first.`)
        const files = wantsFiles(query) ? await deleteOutputs(folders.output, run.outputs) : []
        const stays = files.some(({ outcome }) => outcome === 'kept')
        // Somebody else may have deleted it meanwhile.
        if (!stays && runs.has(id)) runs.delete(id)
        await runs.flushed()
        return json({ deleted: !stays, files: files.map((one) => ({ ...one })) })
      },
    },
  ]
}

function wantsFiles(query: URLSearchParams): boolean {
  const text = query.get('files') ?? 'false'
  if (text === 'true' || text === 'false') return text === 'true'
  throw new HostError('BAD_REQUEST', '"files" must be "true" or "false".')
}
