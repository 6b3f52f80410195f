import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { expect, it, onTestFinished } from "vitest"
import { serve } from "../../scripts/demo.ts"

/** Programs that others start, or that start themselves. */
const programs = ["quickstart.ts", "serve.ts", "stdio.ts"]

it("leaves no example untested", () => {
  // Those that need servers are tested with them; those in folders have tests where what they need is installed.
  const tests = ["test/examples", "test/services"].flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => name.endsWith(".ts"))
      .map((name) => readFileSync(join(folder, name), "utf8")),
  )
  const untested = readdirSync("examples")
    .filter((name) => name.endsWith(".ts") && !programs.includes(name))
    .filter((name) => !tests.some((text) => text.includes(`/examples/${name}"`)))
  expect(untested).toEqual([])
})

it("serves an example by its name", { timeout: 30_000 }, async () => {
  const server = await serve(["--import", "tsx", "examples/serve.ts", "tools"])
  onTestFinished(server.stop)
  const answer = await fetch(server.url)
  expect(answer.status).toBe(400)
})
