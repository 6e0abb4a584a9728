import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { placeLabels } from './place-labels.ts'

const plot = { width: 400, height: 300 }

describe('placeLabels', () => {
  it('puts a lone label to the right of its point', () => {
    expect(placeLabels([{ text: 'a', x: 100, y: 100 }], plot)).toEqual([
      { text: 'a', x: 111, y: 100, align: 'left' },
    ])
  })

  it('turns to the left at the right edge', () => {
    expect(placeLabels([{ text: 'long label', x: 395, y: 100 }], plot)[0]?.align).toBe('right')
  })

  it('does not lay the labels of two near points over each other', () => {
    const [a, b] = placeLabels(
      [
        { text: 'one label', x: 200, y: 100 },
        { text: 'one label', x: 200, y: 104 },
      ],
      plot,
    )
    expect([a?.align, a?.y]).not.toEqual([b?.align, b?.y])
  })

  it('gives every point its label, in order, whatever the points are', () => {
    const point = fc.record({
      text: fc.string({ maxLength: 20 }),
      x: fc.double({ min: 0, max: 400, noNaN: true }),
      y: fc.double({ min: 0, max: 300, noNaN: true }),
    })
    fc.assert(
      fc.property(fc.array(point, { maxLength: 12 }), (points) => {
        expect(placeLabels(points, plot).map(({ text }) => text)).toEqual(points.map(({ text }) => text))
      }),
    )
  })
})
