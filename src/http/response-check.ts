import { Ajv, type JSONSchemaType, type ValidateFunction } from 'ajv'
import { upstreamError, type Upstream } from '../errors.ts'

const ajv = new Ajv({ allowUnionTypes: true })

/**
 * A check for one kind of answer, compiled once. Fields that the schema does not name are let through.
 *
 * @returns the body, now typed. Throws a PublicError UPSTREAM_INVALID_RESPONSE that names the place of the first fault and
 * what should be there, never what is there.
 */
export function responseCheck<Body>(
  upstream: Upstream,
  schema: JSONSchemaType<Body> | Readonly<Record<string, unknown>>,
): (body: unknown) => Body {
  const isValid: ValidateFunction<Body> = ajv.compile<Body>(schema)
  return (body) => {
    if (isValid(body)) return body
    const [fault] = isValid.errors ?? []
    throw upstreamError('UPSTREAM_INVALID_RESPONSE', upstream, `${fault?.instancePath || 'the body'} ${fault?.message}`)
  }
}
