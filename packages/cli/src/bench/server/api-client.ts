/** A client of ComfyUI's API: one kept connection for requests, one WebSocket for what becomes of them. */
import { Agent, request } from 'node:http'
import { HostError, isJsonObject, type JsonObject, parseJson } from '@dicache/protocol'

export type ApiClient = {
  /** Posts a prompt, and gives its id when it was accepted. */
  readonly post: (prompt: string) => Promise<string>
  /** Calls `listener` with every message; gives the function that ends it. */
  readonly listen: (listener: (type: string, data: JsonObject) => void) => () => void
  readonly close: () => void
}

/** Connects over WebSocket. */
export async function connectApi(url: string, clientId: string): Promise<ApiClient> {
  const agent = new Agent({ keepAlive: true, maxSockets: 16 })
  const socket = new WebSocket(`${url.replace('http', 'ws')}/ws?clientId=${clientId}`)
  const listeners = new Set<(type: string, data: JsonObject) => void>()
  socket.addEventListener('message', ({ data }) => {
    const message = typeof data === 'string' ? parseJson(data) : undefined
    if (!isJsonObject(message)) return
    const { type, data: facts } = message
    if (typeof type === 'string' && isJsonObject(facts))
      for (const listener of listeners) listener(type, facts)
  })
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener('open', () => resolve())
    socket.addEventListener('error', () =>
      reject(new HostError('NOT_FOUND', `there is no WebSocket at ${url}/ws`)),
    )
  })
  return {
    async post(prompt) {
      const { status, text } = await send(
        `${url}/prompt`,
        agent,
        `{"client_id":"${clientId}","prompt":${prompt}}`,
      )
      const answer = parseJson(text)
      const id = isJsonObject(answer) ? answer['prompt_id'] : undefined
      if (status !== 200 || typeof id !== 'string')
        throw new HostError('BAD_REQUEST', `POST /prompt answered ${status}: ${text.slice(0, 300)}`)
      return id
    },
    listen(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    close() {
      socket.close()
      agent.destroy()
    },
  }
}

/** The message that ends a prompt. */
export function isEnd(type: string, data: JsonObject): boolean {
  return type === 'executing' && data['node'] === null
}

type Answer = { readonly status: number; readonly text: string }

function send(url: string, agent: Agent, body: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: 'POST', agent, headers: { 'Content-Type': 'application/json' } })
    sent.on('error', reject)
    sent.on('response', (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (piece: string) => {
        text += piece
      })
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }))
    })
    sent.end(body)
  })
}
