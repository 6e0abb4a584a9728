/** The editor's page, or while it is not built a page that says what there is. */
import express from 'express'
import type { ModuleFactory } from '../server-module.ts'

const PLAIN_PAGE = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>DiCache Studio</title>
<h1>DiCache Studio</h1>
<p>The server is running. The editor is not built here; <code>npm start</code> builds it.</p>
</html>
`

export const pageModule: ModuleFactory = ({ options }) => {
  const routes = express.Router()
  if (options.editor !== undefined) {
    routes.use(express.static(options.editor, { dotfiles: 'ignore', redirect: false, setHeaders: noCache }))
  } else {
    routes.get('/', (_request, response) => {
      response.set('Cache-Control', 'no-cache').type('html').send(PLAIN_PAGE)
    })
  }
  return { name: 'page', routes }
}

function noCache(response: { setHeader: (name: string, value: string) => void }, path: string): void {
  // Vite names its assets by content; everything else may be another file tomorrow.
  const hashed = /[\\/]assets[\\/]/.test(path)
  response.setHeader('Cache-Control', hashed ? 'public, max-age=31536000, immutable' : 'no-cache')
}
