import { JsonFloat } from '@dicache/protocol'
import type { JsonValue, ParamManifest } from '@dicache/protocol'
import { describe, expect, it } from 'vitest'
import { coerceValue } from './coerce-value.ts'

type Row = readonly [kind: ParamManifest['kind'], given: JsonValue, held: unknown]

describe('V-6 constants are converted as ComfyUI does', () => {
  it.each<Row>([
    ['int', 5.7, 5],
    ['int', -5.7, -5],
    ['int', new JsonFloat('5.0'), 5],
    ['int', '8', 8],
    ['int', ' +8 ', 8],
    ['int', true, 1],
    ['seed', 7, 7n],
    ['seed', 18446744073709551615n, 18446744073709551615n],
    ['seed', '18446744073709551615', 18446744073709551615n],
    ['float', 1, 1],
    ['float', '2.5e1', 25],
    ['float', 9007199254740993n, 9007199254740992],
    ['float', new JsonFloat('1e3'), 1000],
    ['float', false, 0],
    ['text', 5, '5'],
    ['text', new JsonFloat('5.0'), '5.0'],
    ['text', new JsonFloat('1e3'), '1000.0'],
    ['text', new JsonFloat('1e16'), '1e+16'],
    ['text', 0.00001, '1e-05'],
    ['text', 1.5, '1.5'],
    ['text', true, 'True'],
    ['text', 18446744073709551615n, '18446744073709551615'],
    ['boolean', 'false', true],
    ['boolean', '', false],
    ['boolean', 0, false],
    ['boolean', new JsonFloat('0.0'), false],
    ['boolean', [], false],
    ['boolean', {}, false],
    ['boolean', null, false],
    ['boolean', 2, true],
    ['choice', 'euler', 'euler'],
  ])('%s %o → %o', (kind, given, held) => {
    expect(coerceValue(kind, given)).toEqual({ ok: true, value: held })
  })

  it.each<readonly [ParamManifest['kind'], JsonValue]>([
    ['int', '5.7'],
    ['int', 'many'],
    ['int', ''],
    ['int', [1]],
    ['int', Infinity],
    ['seed', { a: 1 }],
    ['float', ''],
    ['float', '0x10'],
    ['float', 'NaN'],
    ['float', new JsonFloat('1e999')],
    ['text', ['a']],
    ['text', { a: 1 }],
    ['choice', 5],
    ['choice', true],
  ])('%s %o is refused', (kind, given) => {
    expect(coerceValue(kind, given)).toMatchObject({ ok: false, reason: expect.any(String) as string })
  })
})
