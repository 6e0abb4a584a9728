/** A client of ComfyUI's WebSocket that writes down everything that it hears. */
import { WebSocket } from 'ws'

export type Frame = { readonly type: string; readonly data: Readonly<Record<string, unknown>> }

export type ComfyClient = {
  readonly socket: WebSocket
  /** Text frames, in order. */
  readonly frames: Frame[]
  readonly binary: Buffer[]
  /** Waits for a frame that was not asked for before. */
  readonly until: (wanted: (frame: Frame) => boolean) => Promise<Frame>
  /** Waits for the end marker of a prompt. */
  readonly ended: (promptId: string) => Promise<Frame>
  readonly close: () => Promise<void>
}

/** Connects. `first` is sent as soon as the connection is open. */
export async function comfyClient(
  url: string,
  options: { readonly clientId?: string; readonly path?: string; readonly first?: string } = {},
): Promise<ComfyClient> {
  const { clientId, path = '/ws', first } = options
  const query = clientId === undefined ? '' : `?clientId=${encodeURIComponent(clientId)}`
  const socket = new WebSocket(`${url.replace(/^http/, 'ws')}${path}${query}`)
  const frames: Frame[] = []
  const binary: Buffer[] = []
  const waiting = new Set<() => void>()
  socket.on('message', (data, isBinary) => {
    if (isBinary) binary.push(data as Buffer)
    else frames.push(JSON.parse((data as Buffer).toString('utf8')) as Frame)
    for (const wake of waiting) wake()
  })
  await new Promise<void>((resolve, reject) => {
    socket.once('open', () => resolve())
    socket.once('error', reject)
  })
  if (first !== undefined) socket.send(first)
  const until = (wanted: (frame: Frame) => boolean): Promise<Frame> =>
    new Promise((resolve) => {
      const look = (): void => {
        const found = frames.find(wanted)
        if (found === undefined) return
        waiting.delete(look)
        resolve(found)
      }
      waiting.add(look)
      look()
    })
  return {
    socket,
    frames,
    binary,
    until,
    ended: (id) =>
      until(({ type, data }) => type === 'executing' && data['node'] === null && data['prompt_id'] === id),
    close: () =>
      new Promise((resolve) => {
        socket.once('close', () => resolve())
        socket.close()
      }),
  }
}
