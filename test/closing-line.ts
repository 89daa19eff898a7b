import type { Reporter, TestModule } from 'vitest/node'

/** Ends a run with the plain line that CI reads. */
export const closingLine: Reporter = {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors) {
    const states = modules.flatMap((module) => [...module.children.allTests()].map((test) => test.result().state))
    const passed = states.filter((state) => state === 'passed').length
    const brokenModules = modules.filter((module) => module.errors().length > 0).length
    const failed = states.length - passed + brokenModules + unhandledErrors.length
    console.log(`${passed} passed, ${failed} failed`)
  },
}
