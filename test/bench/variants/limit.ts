import { createServer } from 'node:http'
import { QUERIES } from '../queries.ts'

/** The limit: node:http reads the request to its end, looks into nothing, and sends bytes that were there before. */
const answers = new Map(
  QUERIES.flatMap((query) =>
    Array.from({ length: query.count }, (_, index) => [
      `${query.name}/${index}`,
      Buffer.from(JSON.stringify({ data: query.expected(index) })),
    ]),
  ),
)

const server = createServer((request, response) => {
  request.resume()
  request.once('end', () => {
    const body = answers.get(String(request.headers['bench-request'])) ?? Buffer.from('{}')
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length })
    response.end(body)
  })
})
server.listen(Number(process.env['PORT']), '127.0.0.1')
