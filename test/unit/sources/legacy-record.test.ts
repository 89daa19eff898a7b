import { describe, expect, it } from 'vitest'
import { toOurNames, toRecord, toRecordBody } from '../../../src/sources/legacy/mapper.ts'
import { isMissingRight, namedFields } from '../../../src/sources/legacy/wire.ts'

const bodyOf = (json: string): any => toRecordBody(toRecord(JSON.parse(json), new Date(0)))

describe('a record on its way back', () => {
  it('has all that came, but what the server keeps itself and what must not come back', () => {
    const user = {
      user_id: '1',
      firstname: 'Ana',
      lastname: null,
      email: 'a@x.example',
      status: 'active',
      role: 'r',
      timezone: 't',
      locale: '',
      phone: '1',
      address: { lines: ['1', null], more: { deep: true } },
      scores: [1.5, -3],
      network_id: 7,
    }
    const kept = { created_at: 'c', updated_at: 'u', user_api_key: 'hush', password: '***' }
    const { user_id: _, ...expected } = user
    expect(bodyOf(JSON.stringify({ ...user, ...kept }))).toEqual(expected)
  })

  it('has a field of any name', () => {
    const body = bodyOf('{"user_id":"1","__proto__":{"admin":true},"constructor":"c"}')
    expect(JSON.stringify(body)).toBe('{"__proto__":{"admin":true},"constructor":"c"}')
    expect(body.admin).toBeUndefined()
  })

  it.each(['12345678901234567890', '{"deep":[9007199254740993]}', '1e999'])(
    'is refused where %s has lost digits',
    (json) => {
      expect(() => bodyOf(`{"user_id":"1","x":${json}}`)).toThrow(
        expect.objectContaining({ code: 'UPSTREAM_INVALID_RESPONSE', delivery: 'NOT_SENT' }),
      )
    },
  )
})

describe('a refusal', () => {
  it.each([
    [{ error: { fields: ['firstname', 'locale'] } }, ['firstName', 'locale']],
    [{ error: { fields: { email: 'x' } } }, ['email']],
    [{ error: { fields: [] } }, []],
    [{ error: { errors: [{ property: 'email_address' }, { property: '[timezone]' }] } }, ['email', 'timezone']],
    [{ errors: [{ messages: { password: 'weak' } }] }, ['password']],
    [{ messages: { lastname: ['short'], email: ['taken'], email_address: ['taken'] } }, ['lastName', 'email']],
    [{ error: { fields: ['signup_ip', 5, null, '__proto__'] } }, []],
    ['<html>', []],
    [null, []],
    [{ error: null, errors: 'x', messages: [['email']] }, []],
  ])('%j is about %j', (body, fields) => {
    expect(toOurNames(namedFields(body))).toEqual(fields)
  })

  it('with 401 is about a right where it says so', () => {
    expect(isMissingRight({ error: { type: 'Access Permission Denied' } })).toBe(true)
    for (const body of [{ error: { type: '401' } }, { error: 'x' }, undefined, []])
      expect(isMissingRight(body)).toBe(false)
  })
})
