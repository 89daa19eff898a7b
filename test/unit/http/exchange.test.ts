import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Pool } from 'undici'
import { expect, onTestFinished, test, vi } from 'vitest'
import { Exchange } from '../../../src/http/exchange.ts'

test('what is broken off while the only connection is taken ends at once, and is not sent', async () => {
  const answers: (() => void)[] = []
  const server = createServer((_request, response) => void answers.push(() => response.end('{}'))).listen(0)
  await once(server, 'listening')
  const pool = new Pool(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, { connections: 1 })
  onTestFinished(async () => {
    await pool.destroy()
    server.close()
  })
  const begin = (path: string): Exchange => {
    const exchange = new Exchange('LEGACY')
    pool.dispatch({ method: 'GET', path }, exchange)
    return exchange
  }
  const first = begin('/first')
  await vi.waitFor(() => expect(answers).toHaveLength(1), 10_000)
  const second = begin('/second')
  const reason = new Error('left')
  second.breakOff(reason)
  await expect(second.response).rejects.toBe(reason)
  answers[0]?.()
  expect((await first.response).bytes.toString()).toBe('{}')
  const third = begin('/third')
  await vi.waitFor(() => expect(answers).toHaveLength(2), 10_000)
  answers[1]?.()
  await third.response
  expect([first.sent, second.sent, third.sent, answers.length]).toEqual([true, false, true, 2])
})
