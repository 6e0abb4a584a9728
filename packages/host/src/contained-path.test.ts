import path from 'node:path'
import { HostError } from '@dicache/protocol'
import { describe, expect, it } from 'vitest'
import { containedPath } from './contained-path.ts'

const ROOT = path.resolve('/data/models')

describe('containedPath', () => {
  it.each([
    ['a.png', 'a.png'],
    ['flux/dev.safetensors', 'flux/dev.safetensors'],
    ['flux\\dev.safetensors', 'flux/dev.safetensors'],
    ['a/../b.png', 'b.png'],
    ['..png', '..png'],
    ['...', '...'],
    ['ünïcödé/狐.png', 'ünïcödé/狐.png'],
    // Wide full stops look like "..", and are letters to the file system.
    ['．．/a', '．．/a'],
    ['a b [output].png', 'a b [output].png'],
  ])('%j is inside', (name, relative) => {
    expect(containedPath(ROOT, name)).toBe(path.join(ROOT, relative))
  })

  it.each([
    '',
    '.',
    './',
    '..',
    '../secret',
    'a/../../secret',
    '..\\secret',
    'a\\..\\..\\secret',
    '../models',
    '../models-of-others/a',
    '/etc/passwd',
    '\\etc\\passwd',
    '\\\\server\\share\\a',
    'C:\\windows\\a',
    'c:a',
    `${ROOT}/a`,
    'a\0.png',
  ])('%j leaves the folder', (name) => {
    expect(() => containedPath(ROOT, name)).toThrow(
      expect.objectContaining({ code: 'PATH_OUTSIDE', path: ROOT }) as HostError,
    )
  })

  it('takes the root of the disk, and a folder with a separator at its end', () => {
    expect(containedPath(path.parse(ROOT).root, 'a')).toBe(path.resolve('/a'))
    expect(containedPath(ROOT + path.sep, 'a')).toBe(path.join(ROOT, 'a'))
  })

  it('shows no more of a name than fits', () => {
    expect(() => containedPath(ROOT, `/${'x'.repeat(5000)}`)).toThrow(/^"\/x{199}"/)
  })
})
