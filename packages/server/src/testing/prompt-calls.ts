/** How tests of the prompt routes say what they mean. */
import { type HttpAnswer, postJson } from './http-call.ts'

export type Nodes = Readonly<Record<string, unknown>>

/** A node of an API document. */
export function node(class_type: string, inputs: Nodes = {}): Nodes {
  return { class_type, inputs }
}

/** A constant of the test pack. */
export function value(inputs: Nodes = {}): Nodes {
  return node('TestValue', { value: 1, seed: 1, ...inputs })
}

/** An output node of the test pack. */
export function output(from: unknown = ['1', 0]): Nodes {
  return node('TestOutput', { value: from })
}

/** `POST /prompt` as public clients send it. */
export function postPrompt(url: string, prompt: unknown, more: Nodes = {}): Promise<HttpAnswer> {
  return postJson(url, '/prompt', { prompt, ...more }, 'application/x-www-form-urlencoded')
}
