import { RuleTester } from 'eslint'
import { describe, it } from 'vitest'

RuleTester.describe = describe
RuleTester.it = it

const { default: house } = await import(new URL('../../.oxlint/house.mjs', import.meta.url).href)

new RuleTester().run('accessors belong into classes', house.rules['accessors-in-classes'], {
  valid: ['class A { get a() { return 1 } }', '({ a() {}, get: 1, set() {}, ...b })', 'const { get, set } = a'],
  invalid: ['({ get a() { return 1 } })', '({ set a(b) {} })', "({ get ['a']() { return 1 } })"].map((code) => ({
    code,
    errors: [{ message: /^Accessors belong into classes/ }],
  })),
})
