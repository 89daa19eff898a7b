/** Per switch: the allowed values, default first; or, for a switch with any value of a kind, just the default. */
export type SwitchTable = Record<string, readonly (string | number | boolean)[] | string | number>

type Widened<Value> = Value extends string ? string : number

/** The plain, mutable object that a table describes. */
export type SwitchesOf<Table extends SwitchTable> = {
  -readonly [Name in keyof Table]: Table[Name] extends readonly (infer Value)[] ? Value : Widened<Table[Name]>
}

/** A fresh object with every switch at its default. */
export function defaultSwitches<const Table extends SwitchTable>(table: Table): SwitchesOf<Table> {
  const entries = Object.entries(table).map(([name, values]) => [name, typeof values === 'object' ? values[0] : values])
  return Object.fromEntries(entries)
}

/** What is wrong with these settings, in words for the caller; undefined when nothing is. */
export function switchFault(table: SwitchTable, settings: Record<string, unknown>): string | undefined {
  for (const [name, value] of Object.entries(settings)) {
    const values = Object.hasOwn(table, name) ? table[name] : undefined
    if (values === undefined) return `unknown switch "${name}"; there are: ${Object.keys(table).join(', ')}`
    if (typeof values !== 'object') {
      if (typeof value !== typeof values) return `switch "${name}" must be a ${typeof values}`
    } else if (!values.some((allowed) => allowed === value)) {
      return `switch "${name}" must be one of: ${values.map((allowed) => JSON.stringify(allowed)).join(', ')}`
    }
  }
  return undefined
}
