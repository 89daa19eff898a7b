import { defaultFieldResolver, isObjectType, type GraphQLFieldResolver, type GraphQLSchema } from 'graphql'
import { PublicError } from '../errors.ts'
import type { MutationName } from '../identity/writes/identity-writes.ts'
import type { Caller } from './caller.ts'
import type { Context } from './context.ts'
import { readRequiredScopes, type Requirement, type RequiredScopes } from './required-scopes.ts'

/** What a caller is refused, by coordinate; a field's `Identity.email`, an entity's `Identity`. */
export type Refusals = ReadonlyMap<string, PublicError>

const NOTHING: Refusals = new Map()

interface Decisions {
  readonly required: RequiredScopes
  /** A verified token keeps its set of scopes over its requests. */
  readonly bySet: WeakMap<ReadonlySet<string>, Refusals>
}

const decisions = new WeakMap<GraphQLSchema, Decisions>()

/** Decided once for each set of scopes; nothing where whoever let the caller in has checked, or nothing is required. */
export function refusalsOf(schema: GraphQLSchema, { scopes }: Caller): Refusals {
  const decided = decisions.get(schema)
  return decided && scopes ? refusalsBySet(decided, scopes) : NOTHING
}

function refusalsBySet({ required, bySet }: Decisions, scopes: ReadonlySet<string>): Refusals {
  const known = bySet.get(scopes)
  if (known) return known
  const refusals = decide(required, scopes)
  bySet.set(scopes, refusals)
  return refusals
}

/**
 * Refuses what a caller has no scopes for: null and FORBIDDEN at each place where it is asked for, under every alias, with
 * nothing resolved and nobody called for it. Fields that nothing is required for stay as they are.
 *
 * Routers check the same directives, before anything is asked; but others may call this server directly, and routers had
 * gaps (GHSA-x33c-7c2v-mrj9, GHSA-g8jh-vg5j-4h3f).
 */
export function enforceScopes(schema: GraphQLSchema): GraphQLSchema {
  const required = readRequiredScopes(schema)
  const decided: Decisions = { required, bySet: new WeakMap() }
  decisions.set(schema, decided)
  for (const type of Object.values(schema.getTypeMap()).filter(isObjectType)) {
    for (const field of Object.values(type.getFields())) {
      const coordinate = `${type.name}.${field.name}`
      if (!required.has(coordinate)) continue
      const protect = type === schema.getMutationType() ? guardMutation : guard
      field.resolve = protect(coordinate, field.resolve ?? defaultFieldResolver, decided)
    }
  }
  return schema
}

type Resolve = GraphQLFieldResolver<unknown, Context>

function guard(coordinate: string, resolve: Resolve, decided: Decisions): Resolve {
  return (parent, args, context, info) => {
    const { scopes } = context.caller
    const refusal = scopes && refusalsBySet(decided, scopes).get(coordinate)
    if (refusal) throw refusal
    return resolve(parent, args, context, info)
  }
}

/** Who may not write has tried to all the same, and that goes into the audit log. */
function guardMutation(coordinate: string, resolve: Resolve, decided: Decisions): Resolve {
  return async (parent, args, context, info) => {
    const { scopes } = context.caller
    const refusal = scopes && refusalsBySet(decided, scopes).get(coordinate)
    if (!refusal) return resolve(parent, args, context, info)
    await context.writes.recordForbidden(info.fieldName as MutationName, args['input'] as object)
    throw refusal
  }
}

function decide(required: RequiredScopes, scopes: ReadonlySet<string>): Refusals {
  const refusals = [...required].flatMap(([coordinate, requirements]): [string, PublicError][] => {
    const unmet = requirements.find((requirement) => !isMet(requirement, scopes))
    return unmet ? [[coordinate, forbidden('This', unmet)]] : []
  })
  return new Map(refusals)
}

export function isMet(requirement: Requirement, scopes: ReadonlySet<string>): boolean {
  return requirement.some((list) => list.every((scope) => scopes.has(scope)))
}

/** @param what a phrase of ours, at the beginning of a sentence. */
export function forbidden(what: string, requirement: Requirement): PublicError {
  const lists = new Set(requirement.map((list) => list.join(' and ')))
  return new PublicError('FORBIDDEN', `${what} needs the scope ${[...lists].join(', or ')}.`)
}
