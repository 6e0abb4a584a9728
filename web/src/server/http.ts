/** Requests over HTTP: texts, or the sentence that says why not. */
import { isJsonObject, parseJson } from '@dicache/protocol'
import { textAt } from '../state/document/read-values.ts'

/** The server did not do what it was asked for. `status` is 0 when nobody answered. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

/** Asks, and gives the answer whatever its status. @throws Refusal with status 0 when nobody answers */
export async function ask(url: string, request: RequestInit = {}): Promise<Response> {
  try {
    return await fetch(url, request)
  } catch (error) {
    if (request.signal?.aborted === true) throw error
    throw new Refusal(0, 'The server cannot be reached.')
  }
}

/** The body of a good answer. @throws Refusal with what the server says otherwise */
export async function textOf(response: Response): Promise<string> {
  const text = await response.text()
  if (response.ok) return text
  const said = messageIn(text) ?? `The server answered ${response.status} ${response.statusText}.`
  throw new Refusal(response.status, said)
}

/** Asks for a text. @throws Refusal */
export async function askText(url: string, request?: RequestInit): Promise<string> {
  return textOf(await ask(url, request))
}

function messageIn(text: string): string | undefined {
  if (!text.startsWith('{')) return undefined
  try {
    const value = parseJson(text)
    const error = isJsonObject(value) ? value['error'] : undefined
    return (
      textAt(value, 'message') ?? textAt(error, 'message') ?? (typeof error === 'string' ? error : undefined)
    )
  } catch {
    // A page of a proxy, not an answer of ours: its status says enough.
    return undefined
  }
}
