/** Requests as a client without manners sends them: any header, any path, nothing normalised. */
import { request } from 'node:http'

export type HttpAnswer = {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly bytes: Buffer
  readonly text: string
  readonly json: () => unknown
}

export type HttpCall = {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
}

/** Sends one request; the path goes out as it is written. */
export function httpCall(url: string, path: string, call: HttpCall = {}): Promise<HttpAnswer> {
  const { hostname, port } = new URL(url)
  const { method = 'GET', headers = {}, body } = call
  return new Promise((resolve, reject) => {
    const sent = request(
      { host: hostname, port, path, method, headers: { ...headers }, agent: false },
      (answer) => {
        const chunks: Buffer[] = []
        answer.on('data', (chunk: Buffer) => chunks.push(chunk))
        answer.on('error', reject)
        answer.on('end', () => {
          const bytes = Buffer.concat(chunks)
          const text = bytes.toString('utf8')
          resolve({
            status: answer.statusCode ?? 0,
            headers: answer.headers,
            bytes,
            text,
            json: () => JSON.parse(text) as unknown,
          })
        })
      },
    )
    sent.on('error', reject)
    sent.end(body)
  })
}

/** Sends JSON, as a type that does not say so unless told otherwise. */
export function postJson(
  url: string,
  path: string,
  value: unknown,
  type = 'text/plain',
): Promise<HttpAnswer> {
  return httpCall(url, path, {
    method: 'POST',
    headers: { 'Content-Type': type },
    body: typeof value === 'string' ? value : JSON.stringify(value),
  })
}

/** A multipart form. A field with a `filename` is a file. */
export function postForm(
  url: string,
  path: string,
  fields: readonly {
    readonly name: string
    readonly value: string | Uint8Array
    readonly filename?: string
  }[],
): Promise<HttpAnswer> {
  const boundary = 'xxBOUNDARYxx'
  const parts = fields.flatMap(({ name, value, filename }) => [
    Buffer.from(
      `--${boundary}\r\nContent-Disposition: form-data; name="${name}"${filename === undefined ? '' : `; filename="${filename}"`}\r\n${filename === undefined ? '' : 'Content-Type: application/octet-stream\r\n'}\r\n`,
    ),
    Buffer.from(value),
    Buffer.from('\r\n'),
  ])
  return httpCall(url, path, {
    method: 'POST',
    headers: { 'Content-Type': `multipart/form-data; boundary=${boundary}` },
    body: Buffer.concat([...parts, Buffer.from(`--${boundary}--\r\n`)]),
  })
}
