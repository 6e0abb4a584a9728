/** Reports the end of runs to the webhooks that their clients named. */
import { isEnd } from '../comfy/socket/event-messages.ts'
import type { ModuleFactory } from '../server-module.ts'
import type { ServerServices } from '../services.ts'
import { sendWebhook } from './send-webhook.ts'
import { webhookList } from './webhook-target.ts'

/** Calls that wait; more are dropped, oldest first. */
const MAX_WAITING = 1000
/** Calls at a time. */
const MAX_CALLS = 4

export const webhookModule: ModuleFactory = ({ options, runs, log }) => {
  const allowed = webhookList(options.security?.webhooks ?? [])
  const closing = new AbortController()
  const waiting: string[] = []
  let calls = 0

  const report = async (runId: string): Promise<void> => {
    const run = runs.get(runId)
    const address = run.extra?.['webhook']
    if (typeof address !== 'string') return
    // The list may be another one than when the run was accepted.
    const status = await sendWebhook(allowed(address), JSON.stringify(payload(run)), closing.signal)
    if (status < 200 || status > 299) log.warn({ runId, status }, 'a webhook did not take the report')
  }
  const next = (): void => {
    const runId = calls < MAX_CALLS ? waiting.shift() : undefined
    if (runId === undefined || closing.signal.aborted) return
    calls++
    report(runId)
      .catch((error: unknown) => {
        // Addresses may hold secrets: only the reason is logged.
        log.warn(
          { runId, reason: error instanceof Error ? error.message : String(error) },
          'a webhook failed',
        )
      })
      .finally(() => {
        calls--
        next()
      })
  }
  const end = runs.onEvent((event, { runId }) => {
    if (!isEnd(event)) return
    if (waiting.length >= MAX_WAITING) waiting.shift()
    waiting.push(runId)
    next()
  })
  return {
    name: 'webhooks',
    dispose() {
      end()
      closing.abort()
    },
  }
}

type Run = ReturnType<ServerServices['runs']['get']>

/** What is told: how it ended, and the files. */
function payload({ runId, status, endedAtMs, error, outputs }: Run): object {
  return {
    prompt_id: runId,
    status,
    ended_at: endedAtMs,
    ...(error !== undefined && { error }),
    outputs: outputs.map(({ nodeId, filename, subfolder, type }) => ({
      node: nodeId,
      filename,
      subfolder,
      type,
    })),
  }
}
