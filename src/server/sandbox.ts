import { randomBytes } from 'node:crypto'
import type { FastifyReply } from 'fastify'

/** Where the hosted Sandbox asks from; the page here asks from its own origin. */
export const SANDBOX_ORIGIN = 'https://studio.apollographql.com'

const SCRIPT_HOST = 'https://embeddable-sandbox.cdn.apollographql.com'
const FRAME_HOST = 'https://sandbox.embed.apollographql.com'

export const EXAMPLE_QUERY = `query FirstIdentities {
  identities(first: 5) {
    nodes { id displayName email status source }
    pageInfo { hasNextPage endCursor }
  }
}`

/**
 * The page at `/`: Apollo's embedded Sandbox, pointed at `/graphql`. Apollo Server's own landing page would point it at
 * the page's address, where no GraphQL is served.
 */
export function sendSandbox(reply: FastifyReply): FastifyReply {
  const nonce = randomBytes(16).toString('base64')
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}' ${SCRIPT_HOST}`,
    `style-src 'nonce-${nonce}' ${SCRIPT_HOST}`,
    `frame-src ${FRAME_HOST}`,
    "connect-src 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ]
  return reply.header('content-security-policy', policy.join('; ')).type('text/html; charset=utf-8').send(page(nonce))
}

function page(nonce: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Identity subgraph</title>
<style nonce="${nonce}">
  body { margin: 0; font: 16px/1.5 system-ui, sans-serif }
  main { max-width: 44rem; margin: 3rem auto; padding: 0 1rem }
  pre { background: #f3f3f3; padding: 1rem; overflow: auto }
  #sandbox, #sandbox iframe { position: absolute; inset: 0; width: 100%; height: 100%; border: 0 }
</style>
</head>
<body>
<main>
  <h1>Identity subgraph</h1>
  <p>Apollo Sandbox opens here when its script can be loaded. Without it, POST to <code>/graphql</code>:</p>
  <pre>${EXAMPLE_QUERY}</pre>
</main>
<div id="sandbox"></div>
<script nonce="${nonce}" src="${SCRIPT_HOST}/v2/embeddable-sandbox.umd.production.min.js"></script>
<script nonce="${nonce}">
  if (window.EmbeddedSandbox) new window.EmbeddedSandbox({
    target: '#sandbox',
    initialEndpoint: new URL('/graphql', window.location.href).href,
    initialState: { document: ${JSON.stringify(EXAMPLE_QUERY)} },
    runTelemetry: false,
    allowDynamicStyles: false,
  })
</script>
</body>
</html>
`
}
