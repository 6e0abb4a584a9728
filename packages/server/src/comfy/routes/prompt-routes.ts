/** Prompts into the queue. */
import { hasErrors } from '@dicache/host'
import { HostError } from '@dicache/protocol'
import { webhookList } from '../../security/webhook-target.ts'
import type { ComfyContext } from '../comfy-context.ts'
import { type Answer, type Call, type ComfyRoute, json } from '../define-route.ts'
import { NoPrompt, type PromptRequest, parsePromptRequest } from '../prompt/parse-prompt-request.ts'
import { NO_PROMPT, nodeErrors, outputsRefusal, refusal, wholeRefusal } from '../prompt/problem-view.ts'

/** Lists of files are read only where an error may name them. */
const noChoices = (): readonly string[] => []

export function promptRoutes(context: ComfyContext): readonly ComfyRoute[] {
  const { services, choices, holdEvents } = context
  const { runs, catalogue } = services
  const allowedWebhook = webhookList(services.options.security?.webhooks ?? [])

  const submit = async (request: PromptRequest, { signal, onAnswered }: Call): Promise<Answer> => {
    const { prompt, promptId, targets, number, clientId, editorDocument, extraData } = request
    if (promptId !== undefined && runs.has(promptId))
      return json(refusal('duplicate_prompt_id', 'There is a prompt of this id already.', promptId), 409)
    if (targets?.length === 0) return json(refusal('prompt_no_outputs', 'Prompt has no outputs'), 400)
    if (request.webhook !== undefined) allowedWebhook(request.webhook)
    const opened = await catalogue.open(prompt, { signal, ...(targets !== undefined && { targets }) })
    const whole = wholeRefusal(opened)
    if (whole !== undefined) return json(whole, 400)
    const view = {
      manifestOf: (type: string) => catalogue.get(type)?.manifest,
      choicesOf: hasErrors(opened.problems) ? await choices() : noChoices,
    }
    const errors = nodeErrors(opened, view)
    if (opened.validation?.runnable.length === 0) return json(outputsRefusal(opened, errors, view), 400)
    const runId = promptId ?? crypto.randomUUID()
    onAnswered(holdEvents(runId, clientId))
    const result = await runs.submit({
      opened,
      partial: true,
      front: request.front,
      extra: {
        extra_data: extraData,
        ...(typeof editorDocument?.['id'] === 'string' && { workflow_id: editorDocument['id'] }),
        ...(request.webhook !== undefined && { webhook: request.webhook }),
      },
      runId,
      ...(number !== undefined && { number }),
      ...(clientId !== undefined && { clientId }),
      ...(editorDocument !== undefined && { editorDocument }),
    })
    if (!result.ok) throw new HostError(result.error.code, result.error.message)
    return json({ prompt_id: result.runId, number: result.number, node_errors: errors })
  }

  return [
    {
      method: 'get',
      path: '/prompt',
      summary: 'How many prompts wait or run',
      answers: { 200: 'The count' },
      handle: () => json({ exec_info: { queue_remaining: runs.remaining() } }),
    },
    {
      method: 'post',
      path: '/prompt',
      summary: 'Puts a prompt into the queue; workflows as editors save them are taken as well',
      body: { kind: 'json', mediaType: 'application/json', schema: PROMPT_SCHEMA },
      answers: {
        200: 'Accepted; node_errors names outputs that are left out',
        400: 'Refused: error and node_errors say why',
        409: 'The id is taken',
        413: 'Too large',
        429: 'The queue is full',
      },
      async handle(call) {
        try {
          return await submit(parsePromptRequest(call.json()), call)
        } catch (error) {
          if (error instanceof NoPrompt) return json(NO_PROMPT, 400)
          throw error
        }
      },
    },
  ]
}

const PROMPT_SCHEMA = {
  type: 'object',
  required: ['prompt'],
  properties: {
    prompt: {
      type: 'object',
      additionalProperties: {
        type: 'object',
        required: ['class_type', 'inputs'],
        properties: { class_type: { type: 'string' }, inputs: { type: 'object' }, _meta: { type: 'object' } },
      },
    },
    client_id: { type: 'string', maxLength: 200 },
    prompt_id: { type: 'string', maxLength: 200 },
    number: { type: 'number' },
    front: { type: 'boolean' },
    extra_data: { type: 'object' },
    partial_execution_targets: { type: 'array', items: { type: 'string' } },
  },
} as const
