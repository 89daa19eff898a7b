import type { FastifyInstance } from 'fastify'

/** As much of the metrics as the server needs. */
export interface ServedMetrics {
  readonly contentType: string
  page(): Promise<string>
  answered(route: string | undefined, status: number): void
}

/**
 * `GET /metrics`, for Prometheus and its like. Open like the health routes: scrapers cannot send a secret of ours, and it
 * tells counts, durations and states, no secret and nothing of a person. What it says of our load is nobody's business
 * outside all the same, so it belongs behind the same network boundary as the rest of this server.
 */
export function serveMetrics(server: FastifyInstance, metrics: ServedMetrics): void {
  // By the route and not the URL, which is whatever somebody sent.
  server.addHook('onResponse', (request, reply, done) => {
    metrics.answered(request.routeOptions.url, reply.statusCode)
    done()
  })
  server.get('/metrics', async (_request, reply) => reply.type(metrics.contentType).send(await metrics.page()))
}
