import { getArgumentValues, locatedError, type GraphQLLeafType } from 'graphql'
import { toJsonText } from './answer-text.ts'
import { isWithin, toArray, type Path } from './path.ts'
import type { PreparedField, Run, Shape } from './prepared-field.ts'
import { RunInfo } from './run-info.ts'

/** A value as JSON text. A promise only where a resolver gave one, since one for each of many would cost more than the rest. */
type Text = string | Promise<string>

const NULL = 'null'
const NO_ARGUMENTS = Object.freeze({})

/** Throws, or rejects with, the GraphQLError of a field that may not be null. */
export function writeFields(
  fields: readonly PreparedField[],
  source: unknown,
  run: Run,
  parent: Path | undefined,
): Text {
  // Of a type that none of the fragments is on, nothing was asked.
  let text = fields.length === 0 ? '{' : ''
  let parts: Text[] | undefined
  try {
    for (const field of fields) {
      const value = writeField(field, source, run, { prev: parent, key: field.key, typename: field.parentType.name })
      if (parts) parts.push(field.prefix, value)
      else if (typeof value === 'string') text += field.prefix + value
      else parts = [text + field.prefix, value]
    }
  } catch (error) {
    return failAfter(parts, error)
  }
  return parts ? join(parts, '}') : `${text}}`
}

function writeField(field: PreparedField, source: unknown, run: Run, path: Path): Text {
  let value: unknown
  try {
    value = resolve(field, source, run, path)
  } catch (error) {
    return settle(error, field.shape, field, run, path)
  }
  return writeValue(field.shape, value, field, run, path)
}

function resolve(field: PreparedField, source: unknown, run: Run, path: Path): unknown {
  const { name, resolve: resolver } = field.definition
  if (resolver) return resolver(source, argumentsOf(field, run), run.context, new RunInfo(field, run, path))
  if (typeof source !== 'object' || source === null) return undefined
  const property: unknown = (source as Readonly<Record<string, unknown>>)[name]
  if (typeof property !== 'function') return property
  return property.call(source, argumentsOf(field, run), run.context, new RunInfo(field, run, path))
}

function argumentsOf({ definition, nodes }: PreparedField, { variables }: Run): Record<string, unknown> {
  return definition.args.length === 0 ? NO_ARGUMENTS : getArgumentValues(definition, nodes[0], variables)
}

/** The value of a field or of an item of a list. */
function writeValue(shape: Shape, value: unknown, field: PreparedField, run: Run, path: Path): Text {
  if (isPromise(value)) return writeLater(shape, value, field, run, path)
  try {
    const text = write(shape, value, field, run, path)
    return typeof text === 'string' ? text : text.catch((error: unknown) => settle(error, shape, field, run, path))
  } catch (error) {
    return settle(error, shape, field, run, path)
  }
}

async function writeLater(
  shape: Shape,
  value: PromiseLike<unknown>,
  field: PreparedField,
  run: Run,
  path: Path,
): Promise<string> {
  try {
    return await write(shape, await value, field, run, path)
  } catch (error) {
    return settle(error, shape, field, run, path)
  }
}

/**
 * What failed is null, where it may be, and told of; else whatever it stands in fails. What fails late, within what is null by
 * then, is not told of any more.
 */
function settle(error: unknown, shape: Shape, { nodes }: PreparedField, { errors, nulled }: Run, path: Path): string {
  const located = locatedError(error, nodes, toArray(path))
  if (shape.kind === 'nonNull') throw located
  if (isWithin(path, nulled)) return NULL
  nulled.add(path)
  errors.push(located)
  return NULL
}

function write(shape: Shape, value: unknown, field: PreparedField, run: Run, path: Path): Text {
  if (value instanceof Error) throw value
  if (shape.kind === 'nonNull') {
    const text = write(shape.of, value, field, run, path)
    if (text !== NULL) return text
    throw new Error(`Cannot return null for non-nullable field ${nameOf(field)}.`)
  }
  if (value === undefined || value === null) return NULL
  if (shape.kind === 'leaf') return writeLeaf(shape.type, value)
  if (shape.kind === 'object') return writeFields(shape.fields, value, run, path)
  if (shape.kind === 'list') return writeList(shape.of, value, field, run, path)
  const fields = shape.fieldsOf.get(shape.typeOf(value, run.context, new RunInfo(field, run, path)))
  if (!fields) throw new Error(`A value of ${nameOf(field)} is of no possible type.`)
  return writeFields(fields, value, run, path)
}

function writeLeaf(type: GraphQLLeafType, value: unknown): string {
  const serialized: unknown = type.serialize(value)
  if (serialized !== undefined && serialized !== null) return toJsonText(serialized)
  throw new Error(`A value of ${type.name} was serialized to nothing.`)
}

function writeList(of: Shape, value: unknown, field: PreparedField, run: Run, parent: Path): Text {
  if (!isIterable(value)) throw new Error(`Expected Iterable, but did not find one for field "${nameOf(field)}".`)
  let text = '['
  let parts: Text[] | undefined
  let key = 0
  try {
    for (const item of value) {
      const written = writeValue(of, item, field, run, { prev: parent, key, typename: undefined })
      const before = key === 0 ? '' : ','
      if (parts) parts.push(before, written)
      else if (typeof written === 'string') text += before + written
      else parts = [text + before, written]
      key++
    }
  } catch (error) {
    return failAfter(parts, error)
  }
  return parts ? join(parts, ']') : `${text}]`
}

async function join(parts: readonly Text[], end: string): Promise<string> {
  return (await Promise.all(parts.map(async (part) => part))).join('') + end
}

/** What is still under way may fail as well, and nobody else would wait for it. */
function failAfter(parts: readonly Text[] | undefined, error: unknown): Promise<never> {
  if (!parts) throw error
  return Promise.allSettled(parts.map(async (part) => part)).then(() => {
    throw error
  })
}

function nameOf({ parentType, definition }: PreparedField): string {
  return `${parentType.name}.${definition.name}`
}

function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function'
}

function isIterable(value: unknown): value is Iterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.iterator in value
}
