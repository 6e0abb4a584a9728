import { describe, expect, it } from 'vitest'
import { DTYPES, isWeightDType, type WeightDType } from './dtypes.ts'
import { openSafetensors } from './open-safetensors.ts'
import { fixturePath } from './test-support.ts'
import { toFloat32 } from './to-float32.ts'
import { toTensor } from './to-tensor.ts'

const ALL_16: Uint16Array<ArrayBuffer> = Uint16Array.from({ length: 65_536 }, (_, code) => code)

function decode(dtype: WeightDType, codes: readonly number[]): number[] {
  return [...(toFloat32(dtype, Uint8Array.from(codes)) ?? [])]
}

describe('toFloat32', () => {
  it('reads every half float as its formula says', () => {
    const got = toFloat32('F16', new Uint8Array(ALL_16.buffer))
    const wrong = [...ALL_16].filter((code) => {
      const sign = code >> 15 ? -1 : 1
      const exponent = (code >> 10) & 31
      const fraction = (code & 1023) / 1024
      if (exponent === 31) return !Object.is(got?.[code], fraction === 0 ? sign * Infinity : Number.NaN)
      const want = exponent === 0 ? fraction * 2 ** -14 : (1 + fraction) * 2 ** (exponent - 15)
      return !Object.is(got?.[code], sign * want)
    })
    expect(wrong).toEqual([])
  })

  it('reads every bfloat16 as the upper half of a float32', () => {
    const got = toFloat32('BF16', new Uint8Array(ALL_16.buffer))
    const view = new DataView(new ArrayBuffer(4))
    const wrong = [...ALL_16].filter((code) => {
      view.setUint16(0, code)
      return !Object.is(got?.[code], view.getFloat32(0))
    })
    expect(wrong).toEqual([])
  })

  // The numbers of the OCP 8-bit formats and of the FNUZ variants: zeros, least, one, greatest, specials.
  it.each<[WeightDType, readonly number[], readonly number[]]>([
    [
      'F8_E4M3',
      [0x00, 0x80, 0x01, 0x07, 0x08, 0x38, 0x39, 0xb8, 0x7e, 0xfe, 0x7f, 0xff],
      [0, -0, 2 ** -9, 7 * 2 ** -9, 2 ** -6, 1, 1.125, -1, 448, -448, Number.NaN, Number.NaN],
    ],
    [
      'F8_E5M2',
      [0x00, 0x80, 0x01, 0x03, 0x04, 0x3c, 0x3d, 0x7b, 0x7c, 0xfc, 0x7d, 0xff],
      [0, -0, 2 ** -16, 3 * 2 ** -16, 2 ** -14, 1, 1.25, 57_344, Infinity, -Infinity, Number.NaN, Number.NaN],
    ],
    ['F8_E4M3FNUZ', [0x00, 0x80, 0x01, 0x40, 0x7f, 0xff], [0, Number.NaN, 2 ** -10, 1, 240, -240]],
    ['F8_E5M2FNUZ', [0x00, 0x80, 0x01, 0x40, 0x7f, 0xff], [0, Number.NaN, 2 ** -17, 1, 57_344, -57_344]],
    ['F8_E8M0', [0, 127, 128, 254, 255], [2 ** -127, 1, 2, 2 ** 127, Number.NaN]],
  ])('knows the landmarks of %s', (dtype, codes, values) => {
    const got = decode(dtype, codes)
    expect(got.map((value, index) => Object.is(value, values[index]))).toEqual(values.map(() => true))
  })

  it('rounds float64 to nearest and takes elements at odd offsets', () => {
    const bytes = new Uint8Array(17)
    new DataView(bytes.buffer).setFloat64(1, 0.1, true)
    new DataView(bytes.buffer).setFloat64(9, 1e300, true)
    expect([...(toFloat32('F64', bytes.subarray(1)) ?? [])]).toEqual([Math.fround(0.1), Infinity])
  })

  it('says no to what is no float of whole bytes', () => {
    for (const dtype of Object.keys(DTYPES).filter(isWeightDType)) {
      const { kind, bits } = DTYPES[dtype]
      const converts = toFloat32(dtype, new Uint8Array(8)) !== undefined
      expect([dtype, converts]).toEqual([dtype, kind === 'float' && bits >= 8])
    }
  })
})

describe('the rounded copies of flux-schnell', () => {
  // Half a unit in the last place, and half of the least subnormal.
  it.each([
    ['bf16', 'BF16', 2 ** -8, 2 ** -134],
    ['fp16', 'F16', 2 ** -11, 2 ** -25],
    ['fp8_e4m3fn', 'F8_E4M3', 2 ** -4, 2 ** -10],
  ])('%s is the float32 file, rounded', async (name, dtype, relative, absolute) => {
    await using exact = await openSafetensors(fixturePath('flux-schnell/weights.safetensors'))
    await using rounded = await openSafetensors(fixturePath(`flux-schnell/weights.${name}.safetensors`))
    expect([...rounded.tensors.keys()].sort()).toEqual([...exact.tensors.keys()].sort())
    let different = 0
    for (const [key, entry] of rounded.tensors) {
      expect(entry.dtype).toBe(dtype)
      const [want, got] = [await exact.readFloat32(key), await rounded.readFloat32(key)]
      expect(got.shape).toEqual(want.shape)
      const outside = want.data.findIndex((value, index) => {
        const error = Math.abs(value - (got.data[index] ?? Number.NaN))
        if (error > 0) different += 1
        return !(error <= Math.max(Math.abs(value) * relative, absolute))
      })
      expect([key, outside]).toEqual([key, -1])
    }
    expect(different).toBeGreaterThan(100_000)
  })
})

describe('toTensor', () => {
  it('gives each type as DTYPES says', () => {
    for (const dtype of Object.keys(DTYPES).filter(isWeightDType)) {
      const tensor = toTensor(dtype, [1], new Uint8Array(DTYPES[dtype].bits / 8))
      expect([dtype, tensor?.dtype ?? null]).toEqual([dtype, DTYPES[dtype].tensor])
    }
  })

  it.each<[WeightDType, readonly number[], readonly (number | bigint)[]]>([
    ['I8', [0x80, 0x7f], [-128, 127]],
    ['I16', [0x00, 0x80, 0xff, 0x7f], [-32_768, 32_767]],
    ['U16', [0xff, 0xff], [65_535]],
    ['I32', [0xfe, 0xff, 0xff, 0xff], [-2]],
    ['U32', [0xff, 0xff, 0xff, 0xff], [4_294_967_295n]],
    ['I64', [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], [-1n]],
    ['U8', [0, 255], [0, 255]],
    ['BOOL', [0, 1, 2], [0, 1, 1]],
    ['F16', [0x00, 0x3c], [0x3c00]],
    ['BF16', [0x80, 0x3f], [1]],
  ])('widens %s without loss', (dtype, bytes, values) => {
    const tensor = toTensor(dtype, [values.length], Uint8Array.from(bytes))
    expect([...(tensor?.data ?? [])]).toEqual(values)
  })
})
