/** `/metrics` for Prometheus, and `/healthz` for whoever keeps the server running. */
import express from 'express'
import type { ModuleFactory } from '../server-module.ts'

export const metricsModule: ModuleFactory = ({ metrics, worker, runs }) => {
  const routes = express.Router()
  routes.get('/metrics', (_request, response, next) => {
    metrics
      .read()
      .then(({ text, contentType }) => response.set('Content-Type', contentType).send(text))
      .catch(next)
  })
  routes.get('/healthz', (_request, response) => {
    response.json({
      ok: true,
      worker: worker.facts() !== undefined,
      paused: runs.isPaused(),
      remaining: runs.remaining(),
    })
  })
  return { name: 'metrics', routes }
}
