/** A client of the editor's Socket.IO, as small as a bench needs: its frames are `42["name",…]`, binaries follow them. */
import { HostError, isJsonObject, type JsonValue, parseJson } from '@dicache/protocol'

export type SocketClient = {
  readonly ask: (name: string, request: object) => Promise<JsonValue>
  /** Pictures that arrived. */
  readonly pictures: () => number
  readonly close: () => void
}

/** Connects over WebSocket. */
export function connectSocket(url: string): Promise<SocketClient> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`)
  socket.binaryType = 'arraybuffer'
  const answers = new Map<string, (value: JsonValue) => void>()
  let asked = 0
  let pictures = 0
  const client: SocketClient = {
    ask(name, request) {
      const id = String((asked += 1))
      socket.send(`42${id}${JSON.stringify([name, request])}`)
      return new Promise((resolve) => answers.set(id, resolve))
    },
    pictures: () => pictures,
    close: () => socket.close(),
  }
  return new Promise((resolve, reject) => {
    socket.addEventListener('error', () =>
      reject(new HostError('NOT_FOUND', `there is no Socket.IO at ${url}/socket.io/`)),
    )
    socket.addEventListener('message', ({ data }) => {
      if (typeof data !== 'string') pictures += 1
      else if (data === '2') socket.send('3')
      else if (data.startsWith('0')) socket.send('40')
      else if (data.startsWith('40')) resolve(client)
      else {
        const [, id, body = ''] = /^43(\d+)(.*)$/s.exec(data) ?? []
        if (id === undefined) return
        const [answer] = parseJson(body) as readonly JsonValue[]
        answers.get(id)?.(isJsonObject(answer) ? (answer['value'] ?? null) : null)
        answers.delete(id)
      }
    })
  })
}
