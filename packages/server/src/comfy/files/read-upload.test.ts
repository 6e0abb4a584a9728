import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { readdir, readFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { toHostError } from '@dicache/protocol'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { postForm } from '../../testing/http-call.ts'
import { temporaryHome } from '../../testing/test-server.ts'
import { withUpload } from './read-upload.ts'

let folder: Awaited<ReturnType<typeof temporaryHome>>
let url: string
let close: () => Promise<void>
let seen: unknown[]

beforeEach(async () => {
  folder = await temporaryHome()
  seen = []
  const server = createServer((request, response) => {
    withUpload(request, { folder: folder.home, maxBytes: 1000 }, async ({ fields, file }) => {
      seen.push([Object.fromEntries(fields), file && (await readFile(file.path)).length, file?.filename])
      response.end('{}')
    }).catch((error: unknown) => {
      seen.push(toHostError(error).code)
      response.writeHead(toHostError(error).httpStatus, { Connection: 'close' }).end('{}')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  close = () =>
    new Promise((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
})
afterEach(async () => {
  await close()
  // The answer goes out before the file is removed.
  await expect.poll(() => readdir(folder.home)).toEqual([])
  await folder[Symbol.asyncDispose]()
})

it('gives fields and file, whichever comes first, and the name as it was sent', async () => {
  const file = { name: 'image', value: 'bytes', filename: '../a.png' }
  await postForm(url, '/', [{ name: 'type', value: 'temp' }, file])
  await postForm(url, '/', [file, { name: 'type', value: 'temp' }])
  expect(seen).toEqual(Array.from({ length: 2 }, () => [{ type: 'temp' }, 5, '../a.png']))
})

it('stops a file that turns out to be too large', async () => {
  const answer = await postForm(url, '/', [
    { name: 'image', value: new Uint8Array(900), filename: 'a' },
    { name: 'image', value: new Uint8Array(900), filename: 'b' },
  ])
  // The length was given: it is refused before it is read.
  expect(answer.status).toBe(413)
  await chunked(
    `--x\r\nContent-Disposition: form-data; name="image"; filename="a"\r\n\r\n${'a'.repeat(5000)}\r\n--x--\r\n`,
  )
  expect(seen).toEqual(['TOO_LARGE', 'TOO_LARGE'])
})

it('notices a client that hangs up', async () => {
  await chunked('--x\r\nContent-Disposition: form-data; name="image"; filename="a"\r\n\r\nabc', true)
  await expect.poll(() => seen).toEqual(['BAD_REQUEST'])
})

/** Sends a body of unknown length; `hangUp` in the middle of it. */
async function chunked(body: string, hangUp = false): Promise<void> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  const head =
    'POST / HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=x\r\nTransfer-Encoding: chunked\r\n\r\n'
  const over = new Promise<void>((resolve) => socket.once('close', () => resolve()))
  socket.on('error', () => undefined)
  socket.write(`${head}${body.length.toString(16)}\r\n${body}\r\n`)
  if (hangUp) socket.end()
  else socket.write('0\r\n\r\n')
  socket.resume()
  await over
}
