/** Paints the frames of an animation onto one canvas, as their control data says (PNG specification, 11.3.6.3). */
import type { FrameControl } from '../png/apng-frames.ts'

/** 8-bit RGBA, row-major. */
export type Canvas = { readonly widthPx: number; readonly heightPx: number; readonly rgba: Uint8Array }

/** Paints one frame after the other. */
export type FramePainter = {
  /**
   * Paints a frame and gives the whole canvas, which the next call changes: copy what is kept.
   * @param rgba the frame's own pixels, as large as its control data says
   */
  readonly paint: (control: FrameControl, rgba: Uint8Array) => Uint8Array
}

/** Makes a transparent canvas. */
export function createFramePainter(size: Pick<Canvas, 'widthPx' | 'heightPx'>): FramePainter {
  const canvas = { ...size, rgba: new Uint8Array(size.widthPx * size.heightPx * 4) }
  let clearLast = (): void => undefined
  let first = true
  return {
    paint(control, rgba) {
      clearLast()
      // There is nothing before the first frame: its area is cleared instead.
      const dispose = first && control.dispose === 'previous' ? 'background' : control.dispose
      const after = dispose === 'previous' ? copyArea(canvas, control) : new Uint8Array(rgba.length)
      clearLast = dispose === 'none' ? () => undefined : () => writeArea(canvas, control, after)
      // Over nothing is itself, with the colours of transparent pixels too.
      if (control.blend === 'over' && !first) blendOver(canvas, control, rgba)
      else writeArea(canvas, control, rgba)
      first = false
      return canvas.rgba
    },
  }
}

function copyArea(canvas: Canvas, area: FrameControl): Uint8Array {
  const copy = new Uint8Array(area.widthPx * area.heightPx * 4)
  for (let row = 0; row < area.heightPx; row += 1) {
    const at = offsetOf(canvas, area, row)
    copy.set(canvas.rgba.subarray(at, at + area.widthPx * 4), row * area.widthPx * 4)
  }
  return copy
}

function writeArea(canvas: Canvas, area: FrameControl, rgba: Uint8Array): void {
  for (let row = 0; row < area.heightPx; row += 1) {
    const from = row * area.widthPx * 4
    canvas.rgba.set(rgba.subarray(from, from + area.widthPx * 4), offsetOf(canvas, area, row))
  }
}

/** The "over" operator on colours that are not premultiplied. */
function blendOver(canvas: Canvas, area: FrameControl, rgba: Uint8Array): void {
  for (let row = 0; row < area.heightPx; row += 1) {
    for (let column = 0; column < area.widthPx; column += 1) {
      const from = (row * area.widthPx + column) * 4
      const to = offsetOf(canvas, area, row) + column * 4
      const front = (rgba[from + 3] ?? 0) / 255
      const back = ((canvas.rgba[to + 3] ?? 0) / 255) * (1 - front)
      const alpha = front + back
      if (front === 0) continue
      for (let channel = 0; channel < 3; channel += 1) {
        const mixed = (rgba[from + channel] ?? 0) * front + (canvas.rgba[to + channel] ?? 0) * back
        canvas.rgba[to + channel] = Math.round(mixed / alpha)
      }
      canvas.rgba[to + 3] = Math.round(alpha * 255)
    }
  }
}

function offsetOf(canvas: Canvas, area: FrameControl, row: number): number {
  return ((area.topPx + row) * canvas.widthPx + area.leftPx) * 4
}
