/** Decodes the pictures that nodes show, keeps the latest, and says when one has arrived. */
import type { LivePreview } from '../state/run/run-view.ts'
import type { Picture } from './studio-node.ts'

export type PictureStore = {
  /** The picture at an address; undefined until it is there, or when it is none. */
  readonly byUrl: (url: string) => Picture | undefined
  /** The picture of a live preview; the one before it until it is decoded. */
  readonly preview: (key: string, image: LivePreview) => Picture | undefined
  readonly dispose: () => void
}

const MAX_KEPT = 80
/** A picture that did not come is asked for again after this, when it is to be shown. */
const RETRY_MS = 2000

export function createPictureStore(onArrival: () => void): PictureStore {
  const pictures = new Map<string, Picture | 'loading' | { readonly failedAtMs: number }>()
  const previews = new Map<string, { readonly source: LivePreview; readonly picture: Picture | undefined }>()
  let disposed = false

  function keep(url: string, picture: Picture | { readonly failedAtMs: number }): void {
    if (disposed) return
    pictures.delete(url)
    pictures.set(url, picture)
    for (const old of pictures.keys()) {
      if (pictures.size <= MAX_KEPT) break
      pictures.delete(old)
    }
    onArrival()
  }

  return {
    byUrl(url) {
      const known = pictures.get(url)
      if (known === 'loading') return undefined
      if (known !== undefined && !('failedAtMs' in known)) return known
      // It may have been the server that was away.
      if (known !== undefined && Date.now() - known.failedAtMs < RETRY_MS) return undefined
      pictures.set(url, 'loading')
      const image = new Image()
      image.addEventListener('load', () =>
        keep(url, { image, widthPx: image.naturalWidth, heightPx: image.naturalHeight }),
      )
      image.addEventListener('error', () => keep(url, { failedAtMs: Date.now() }))
      image.src = url
      return undefined
    },
    preview(key, source) {
      const known = previews.get(key)
      if (known?.source === source) return known.picture
      previews.set(key, { source, picture: known?.picture })
      decode(source).then(
        (bitmap) => {
          if (disposed || previews.get(key)?.source !== source) return bitmap.close()
          previews.set(key, {
            source,
            picture: { image: bitmap, widthPx: bitmap.width, heightPx: bitmap.height },
          })
          onArrival()
        },
        // A preview that cannot be decoded is one that is not shown; the next one comes soon.
        () => undefined,
      )
      return known?.picture
    },
    dispose() {
      disposed = true
      pictures.clear()
      previews.clear()
    },
  }
}

async function decode({ bytes, mimeType }: LivePreview): Promise<ImageBitmap> {
  return createImageBitmap(new Blob([bytes], { type: mimeType }))
}
