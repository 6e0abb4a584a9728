/** Scaling along axes, as PyTorch interpolates, and the cut in the middle that comes before it. */
import { type FloatTensor, floatTensor } from '../tensor.ts'
import { axisView, sliceAlong } from './axes.ts'
import { axisTaps, type FloatMethod } from './axis-taps.ts'
import { resampleInto } from './resample.ts'
import { roundHalfEven } from './round-half-even.ts'

/** A size in values: pixels of a picture, cells of a latent. */
export type PlaneSize = { readonly height: number; readonly width: number }

/** Scales one axis; values are not clipped. The tensor itself where nothing changes. */
export function resizeAlong(a: FloatTensor, axis: number, to: number, method: FloatMethod): FloatTensor {
  const view = axisView(a, axis)
  if (view.length === to) return a
  const result = floatTensor(a.shape.with(axis, to))
  resampleInto(result.data, a.data, view, { taps: axisTaps(method, view.length, to) })
  return result
}

/**
 * Scales the plane that two neighbouring axes span.
 * @param axis - of the height; the width's is the next one
 */
export function resizePlane(
  a: FloatTensor,
  axis: number,
  { height, width, method }: PlaneSize & { readonly method: FloatMethod },
): FloatTensor {
  return resizeAlong(resizeAlong(a, axis + 1, width, method), axis, height, method)
}

/**
 * Cuts the middle of another size's aspect out of a plane; halves are rounded to even numbers, as Python does.
 * @returns the tensor itself where the aspects agree; an axis may come out empty where they are far apart
 */
export function cutToAspect(a: FloatTensor, axis: number, { height, width }: PlaneSize): FloatTensor {
  const { length: oldHeight } = axisView(a, axis)
  const { length: oldWidth } = axisView(a, axis + 1)
  const is = oldWidth / oldHeight
  const wanted = width / height
  const left = is > wanted ? roundHalfEven((oldWidth - oldWidth * (wanted / is)) / 2) : 0
  const top = is < wanted ? roundHalfEven((oldHeight - oldHeight * (is / wanted)) / 2) : 0
  const narrow = left === 0 ? a : sliceAlong(a, axis + 1, left, oldWidth - left)
  return top === 0 ? narrow : sliceAlong(narrow, axis, top, oldHeight - top)
}
