import { defineConfig } from "vitest/config"
import root from "../../vitest.config.ts"

export default defineConfig({
  ...root,
  test: {
    ...root.test,
    include: ["test/services/**/*.test.ts"],
    exclude: ["**/node_modules/**"],
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
})
