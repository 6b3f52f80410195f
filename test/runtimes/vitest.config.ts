import { createRequire } from "node:module"
import { defineConfig } from "vitest/config"
import root, { alias } from "../../vitest.config.ts"

const hosts = createRequire(new URL("../hosts/package.json", import.meta.url))
// The examples find the frameworks where the tests have theirs.
const frameworks = ["express", "fastify"].map((name) => ({
  find: new RegExp(`^${name}$`),
  replacement: hosts.resolve(name),
}))

export default defineConfig({
  ...root,
  resolve: { alias: [...alias, ...frameworks] },
  test: {
    ...root.test,
    include: ["test/{runtimes,hosts}/**/*.test.ts"],
    exclude: ["**/node_modules/**"],
    globalSetup: ["./test/runtimes/consumer.ts"],
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
})
