import { expect, it } from "vitest"
import { testRunner } from "./test-runner.ts"

it("knows the runner of this test", () => {
  expect(testRunner()).toBe("Vitest")
})

const nothing = () => undefined

it.each([
  ["Jest", { [Symbol.for("jest-native-promise")]: Promise }],
  ["`bun test`", { process: { env: { NODE_ENV: "test" } }, Bun: { main: "/app/server.test.ts" } }],
  ["a test runner", { describe: nothing, it: nothing }],
  ["`node --test`", { process: { env: { NODE_TEST_CONTEXT: "child-v8" } } }],
])("knows %s by its marks", (name, marks) => {
  expect(testRunner(marks)).toBe(name)
})

it.each([
  ["a program", {}],
  ["a program that Vitest started", { process: { env: { VITEST: "true" } } }],
  ["a program that Jest started", { process: { env: { JEST_WORKER_ID: "1", NODE_ENV: "test" } } }],
  [
    "a program that `bun test` started",
    { process: { env: { NODE_ENV: "test" } }, Bun: { main: "/app/server.ts" } },
  ],
])("takes %s for no test", (_, marks) => {
  expect(testRunner(marks)).toBeUndefined()
})

it("leaves the environment of Deno alone, which needs a permission", () => {
  const refuse = () => {
    throw new RangeError("Requires env access")
  }
  const env = new Proxy({}, { get: refuse })
  expect(testRunner({ Deno: {}, process: { env } })).toBeUndefined()
})
