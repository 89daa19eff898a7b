import { DatabaseSync } from 'node:sqlite'
import { expect, it } from 'vitest'
import { planStretches } from '../../../src/directory/store/ranges.ts'
import { indexStatements, ORDER_COLUMNS, prepareFile, TABLES } from '../../../src/directory/store/schema.ts'
import type { DirectoryOrder, DirectoryPageQuestion } from '../../../src/directory/store/store.ts'
import { SOURCES } from '../../../src/identity/identity.ts'

const database = new DatabaseSync(':memory:')
prepareFile(database)
for (const statement of SOURCES.flatMap(indexStatements)) database.exec(statement)

/** How the database finds the accounts of each range that such a page is read from, source by source. */
function searches(order: DirectoryOrder, where: Partial<DirectoryPageQuestion>): string[] {
  const question = { sources: ['LEGACY'], filter: {}, order, count: 1, take: 'first', ...where } as const
  return planStretches(question).flatMap(({ ranges, descending }) =>
    ranges.map(({ source, where: conditions }) => {
      const column = ORDER_COLUMNS[order.field]
      const table = TABLES[source]
      const direction = descending ? 'DESC' : 'ASC'
      const plan = database
        .prepare(
          `EXPLAIN QUERY PLAN SELECT * FROM ${table}_account INDEXED BY ${table}_by_${column}
            WHERE ${conditions.join(' AND ')} ORDER BY ${column} ${direction}, source_id ${direction}`,
        )
        .all()
      expect(plan).toHaveLength(1)
      return String(plan[0]?.['detail']).replace(/^.*USING INDEX \S+ /, '')
    }),
  )
}

const position = { source: 'LEGACY', key: 5, sourceId: 'u' } as const
const behind = '((created_at,source_id)>(?,?))'
const nulls = '(created_at=?)'

it.each([
  ['the beginning', { take: 'first' }, ['(created_at>?)', nulls]],
  ['a place', { take: 'first', after: position }, [behind, nulls]],
  [
    'a place where nobody has a date',
    { take: 'first', after: { ...position, key: null } },
    ['(created_at=? AND source_id>?)'],
  ],
  ['a place in another source', { sources: ['SITE_PARTNER'], after: position }, ['(created_at>?)', nulls]],
  ['the end', { take: 'last' }, [nulls, '(created_at>?)']],
  ['a place, backwards', { take: 'last', before: position }, ['(created_at>? AND (created_at,source_id)<(?,?))']],
  [
    'between two places',
    { take: 'last', after: position, before: { ...position, key: 7 } },
    [`(${behind.slice(1, -1)} AND (created_at,source_id)<(?,?))`],
  ],
] as const)('an index is entered at %s, not before it', (_where, question, entered) => {
  expect(searches({ field: 'CREATED_AT', direction: 'ASC' }, question)).toEqual(entered)
})
