import { CARRIED_FIELDS, type Identity, type IdentitySource } from '../../identity/identity.ts'
import { toFields, toIdentity, type Fields } from './fields.ts'
import type { Reading } from './store.ts'

/**
 * A reading on its way to a worker, its rows as one text. What travels between threads is copied value by value, which for
 * a page of objects costs each of the two threads two to three times what writing and reading this text costs.
 */
export type PackedReading<Kind extends Reading = Reading> = Omit<Kind, 'rows'> & { readonly packed: string }

/** What stands for a field that was not carried: JSON has no word for it, and no field is a number. */
const NOT_CARRIED = 0
/** Of each row: the id, when it came, and the fields. */
const WIDTH = 2 + CARRIED_FIELDS.length

type Packed = string | number | null

export function packReading<Kind extends Reading>({ rows, ...rest }: Kind): PackedReading<Kind> {
  return { ...rest, packed: JSON.stringify(rows.flatMap(packRow)) }
}

function packRow(row: Identity): Packed[] {
  const fields = toFields(row)
  const packed: Packed[] = [row.sourceId, row.asOf.getTime()]
  for (const field of CARRIED_FIELDS) {
    const value = fields[field]
    packed.push(value === undefined ? NOT_CARRIED : value)
  }
  return packed
}

/** A call's parameter as it was before it was packed, if it was. */
export function unpacked(parameter: unknown): unknown {
  if (Array.isArray(parameter)) return parameter.map(unpacked)
  return isPacked(parameter) ? unpackReading(parameter) : parameter
}

function isPacked(parameter: unknown): parameter is PackedReading {
  return typeof parameter === 'object' && parameter !== null && 'packed' in parameter
}

function unpackReading({ packed, ...rest }: PackedReading): Reading {
  const values = JSON.parse(packed) as Packed[]
  const rows: Identity[] = []
  for (let start = 0; start < values.length; start += WIDTH) rows.push(unpackRow(rest.source, values, start))
  return { ...rest, rows }
}

function unpackRow(source: IdentitySource, values: readonly Packed[], start: number): Identity {
  const fields: Record<string, Packed | undefined> = {}
  let index = start + 2
  for (const field of CARRIED_FIELDS) {
    const value = values[index++]
    fields[field] = value === NOT_CARRIED ? undefined : value
  }
  return toIdentity(
    { source, sourceId: values[start] as string },
    fields as Fields,
    new Date(values[start + 1] as number),
  )
}
