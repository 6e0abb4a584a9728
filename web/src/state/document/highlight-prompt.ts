/** Cuts a prompt into pieces that mean something to a text encoder: weights, choices, embeddings, separators. */

export type PromptPiece = {
  readonly kind: 'text' | 'weight' | 'choice' | 'separator' | 'lora'
  readonly text: string
}

const PIECE =
  /(\([^()\n]{0,400}:\s*-?\d+(?:\.\d+)?\))|(\{[^{}\n]{0,400}\|[^{}\n]{0,400}\})|(<[a-z]+:[^<>\n]{1,200}>|\bembedding:[\w./-]+)|([,;|]|\bBREAK\b)/g

/** The pieces of a prompt; together they are the prompt. */
export function highlightPrompt(text: string): readonly PromptPiece[] {
  const pieces: PromptPiece[] = []
  let at = 0
  for (const match of text.matchAll(PIECE)) {
    if (match.index > at) pieces.push({ kind: 'text', text: text.slice(at, match.index) })
    const [, weight, choice, lora] = match
    const kind =
      weight !== undefined
        ? 'weight'
        : choice !== undefined
          ? 'choice'
          : lora !== undefined
            ? 'lora'
            : 'separator'
    pieces.push({ kind, text: match[0] })
    at = match.index + match[0].length
  }
  if (at < text.length) pieces.push({ kind: 'text', text: text.slice(at) })
  return pieces
}
