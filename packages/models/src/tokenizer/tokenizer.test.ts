import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { loadTokenizer, type Tokenizer } from './tokenizer.ts'

const folder = new URL('../../../../test/golden/fixtures/tokenizers/', import.meta.url)

async function open(name: string): Promise<Tokenizer> {
  return loadTokenizer(await json(`${name}.tokenizer.json`))
}

async function json(file: string): Promise<unknown> {
  return JSON.parse(await readFile(new URL(file, folder), 'utf8'))
}

it.each(['t5', 'clip'])("gives %s's ids for each of the 200 strings", async (name) => {
  const strings = (await json('strings.json')) as readonly Readonly<Record<string, unknown>>[]
  const tokenizer = await open(name)
  expect(strings).toHaveLength(200)
  const wrong = strings.filter(
    (row) => JSON.stringify(tokenizer.encode(String(row['text']))) !== JSON.stringify(row[name]),
  )
  expect(wrong.map(({ text }) => text)).toEqual([])
})

it('takes special tokens as written only, not as lower-casing makes them', async () => {
  const clip = await open('clip')
  expect(clip.encodeBare('<|endoftext|>')).toEqual([1])
  expect(clip.encodeBare('<|ENDOFTEXT|>').length).toBeGreaterThan(1)
})

it("keeps the unknown token's listed score, so that <UNK> becomes it", async () => {
  const t5 = await open('t5')
  expect(t5.encodeBare('<UNK>')).toEqual(t5.encodeBare('中')) // ▁ and one unknown, as of the Rust tokenizer
})

it('has no ids of its own for half of a surrogate pair', async () => {
  const t5 = await open('t5')
  expect(t5.encode('a \ud83d')).toEqual(t5.encode('a \ufffd'))
})

it('fuses unknown characters within a word, and not across words', async () => {
  const unigram = {
    added_tokens: [],
    pre_tokenizer: { type: 'Metaspace' },
    model: {
      type: 'Unigram',
      unk_id: 0,
      vocab: [
        ['<unk>', 0],
        ['a', -1],
      ],
    },
  }
  // Neither ▁ nor b is a piece: each word is one unknown.
  expect(loadTokenizer(unigram).encode('bb b')).toEqual([0, 0])
})

it.each([
  [{}, /the whole|model: an object is needed/],
  [{ model: { type: 'WordLevel', vocab: {} } }, /the type "WordLevel" is not supported/],
  [{ model: { type: 'BPE', vocab: { a: 'x' }, merges: [] } }, /model\.vocab\[a\]: a token id is needed/],
  [{ model: { type: 'BPE', vocab: { a: 0 }, merges: ['a'] } }, /merges\[0\]: two tokens are needed/],
  [
    { model: { type: 'BPE', vocab: {}, merges: [] }, normalizer: { type: 'Nmt' } },
    /normalizer: the type "Nmt" is not supported/,
  ],
  [
    { model: { type: 'BPE', vocab: {}, merges: [] }, added_tokens: [{ id: -1 }] },
    /added_tokens\[0\]\.id: a token id is needed/,
  ],
])('says what is wrong with %j', (broken, message) => {
  expect(() => loadTokenizer(broken)).toThrow(message)
})
