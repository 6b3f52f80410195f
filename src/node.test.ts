import { build } from "esbuild"
import { describe, expect, it } from "vitest"

describe("the entry of Node", () => {
  it("keeps its environment where a bundler takes it for names alone", async () => {
    const { outputFiles } = await build({
      stdin: {
        contents: 'import { FleetMCP } from "./node.ts"\nconsole.log(FleetMCP)',
        resolveDir: import.meta.dirname,
      },
      bundle: true,
      write: false,
      format: "esm",
      packages: "external",
      external: ["#*"],
    })
    expect(outputFiles[0]?.text.includes("useEnvironment(processEnvironment)")).toBe(true)
  })
})
