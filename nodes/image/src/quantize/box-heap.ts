/** A heap that gives back the largest; among equals in the order that Pillow's (src/libImaging/QuantHeap.c) has, for palettes depend on it. */

export type BoxHeap<T> = {
  readonly add: (item: T) => void
  /** The largest, or undefined when it is empty. */
  readonly remove: () => T | undefined
}

/** An empty heap. */
export function createBoxHeap<T>(sizeOf: (item: T) => number): BoxHeap<T> {
  // The children of place k are at 2k and 2k + 1; place 0 is not used.
  const items: (T | undefined)[] = [undefined]
  const sizeAt = (place: number): number => {
    const item = items[place]
    return item === undefined ? Number.NEGATIVE_INFINITY : sizeOf(item)
  }
  return {
    add(item) {
      let place = items.push(undefined) - 1
      const size = sizeOf(item)
      while (place > 1 && size > sizeAt(place >> 1)) {
        items[place] = items[place >> 1]
        place >>= 1
      }
      items[place] = item
    },
    remove() {
      const largest = items[1]
      const last = items.length > 1 ? items.pop() : undefined
      if (largest === undefined || last === undefined || items.length === 1) return largest
      let place = 1
      for (;;) {
        let child = place * 2
        if (child >= items.length) break
        if (child + 1 < items.length && sizeAt(child) < sizeAt(child + 1)) child += 1
        if (sizeOf(last) > sizeAt(child)) break
        items[place] = items[child]
        place = child
      }
      items[place] = last
      return largest
    },
  }
}
