import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { errorClass, errorCodes, HostError, toHostError } from './index.ts'

const coded = (code: string, extra: object = {}): Error =>
  Object.assign(new Error(`about ${code}`), { code, ...extra })

describe('toHostError', () => {
  it('leaves a HostError as it is, and fills in its place', () => {
    const error = new HostError('CYCLE', 'a cycle')
    expect(toHostError(error)).toBe(error)
    expect(toHostError(error, { nodeId: '3' })).toMatchObject({
      code: 'CYCLE',
      nodeId: '3',
      message: 'a cycle',
    })
    const placed = new HostError('CYCLE', 'a cycle', { nodeId: '4' })
    expect(toHostError(placed, { nodeId: '3' })).toBe(placed)
  })

  it('takes over code and path of errors of other rooms', () => {
    expect(toHostError(coded('TRUNCATED_FILE', { path: 'a.safetensors' }), { nodeId: '1' })).toMatchObject({
      code: 'TRUNCATED_FILE',
      message: 'about TRUNCATED_FILE',
      path: 'a.safetensors',
      nodeId: '1',
    })
  })

  it.each([
    [coded('ENOSPC'), 'DISK_FULL'],
    [coded('EROFS'), 'OUTPUT_NOT_WRITABLE'],
    [coded('EACCES', { syscall: 'open' }), 'OUTPUT_NOT_WRITABLE'],
    [coded('EACCES', { syscall: 'scandir' }), 'FILE_NOT_READABLE'],
    [AbortSignal.abort().reason, 'CANCELLED'],
    [coded('EWHATEVER'), 'INTERNAL'],
    [coded('toString'), 'INTERNAL'],
    ['a text', 'INTERNAL'],
    [Object.create(null), 'INTERNAL'],
    [undefined, 'INTERNAL'],
  ])('translates %o to %s', (thrown, code) => {
    expect(toHostError(thrown).code).toBe(code)
  })

  it('translates what the file system really throws', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'protocol-'))
    const missing = await readFile(path.join(folder, 'none')).catch(toHostError)
    expect(missing).toMatchObject({
      code: 'FILE_NOT_FOUND',
      path: path.join(folder, 'none'),
      httpStatus: 404,
      exitCode: 2,
    })
    await rm(folder, { recursive: true })
  })

  it('hides what was not foreseen', () => {
    const report = JSON.stringify(toHostError(new Error('password 1234')))
    expect(JSON.parse(report)).toMatchObject({ code: 'INTERNAL' })
    expect(report).not.toContain('1234')
  })
})

describe('errorCodes', () => {
  it('has each code once, with a status of HTTP and an exit code', () => {
    expect(new Set(errorCodes).size).toBe(errorCodes.length)
    expect(errorClass('CANCELLED')).toEqual({ http: 499, exit: 130 })
    expect(errorClass('VALUE_OUT_OF_RANGE')).toEqual({ http: 400, exit: 2 })
    expect(errorClass('DISK_FULL')).toEqual({ http: 507, exit: 1 })
  })
})
