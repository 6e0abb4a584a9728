/** What the wrong workspaces are made of. */

/** Rule, what is wrong, the files that make it wrong, and what the only finding must say. */
export type WrongCase = readonly [string, string, Readonly<Record<string, string>>, RegExp]

/** A source file that the cases write. */
export const TENSOR = 'packages/tensor/src/wrong.ts'

/** A package.json as text. */
export function manifest(room: string, more: object = {}): string {
  return JSON.stringify({ name: `@dicache/${room}`, exports: './src/index.ts', ...more })
}

/** A source of so many lines. */
export function lines(count: number): string {
  return 'export {}\n'.repeat(count)
}
