import { expect, test } from 'vitest'
import { Batch } from '../../../src/observability/batch.ts'

test('each is counted once and in order, however many there are and whenever somebody looks', () => {
  const counted: number[] = []
  const batch = new Batch<number>((item) => void counted.push(item))
  const all = Array.from({ length: 1_050 }, (_, item) => item)
  for (const item of all) batch.add(item)
  batch.flush()
  expect(counted).toEqual(all)
  batch.flush()
  batch.add(1_050)
  batch.flush()
  expect(counted).toEqual([...all, 1_050])
})

test('no more than some hundreds wait to be counted where nobody ever looks', () => {
  let counted = 0
  const batch = new Batch<number>(() => void counted++)
  for (let item = 0; item < 1_000; item++) batch.add(item)
  expect(counted).toBeGreaterThan(500)
})
