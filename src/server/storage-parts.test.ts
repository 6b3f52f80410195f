import { expect, it, onTestFinished, vi } from "vitest"
import { asking, number, play } from "../../test/support/playing.ts"
import { memoryStorage } from "../storage/memory.ts"

/** A handler that asks, and does a step behind the question. */
async function pay(ctx: Parameters<typeof number>[0]): Promise<unknown> {
  await number(ctx, "How much?")
  return ctx.step("charge", () => "charged")
}

function inProduction(): void {
  vi.stubEnv("NODE_ENV", "production")
  onTestFinished(() => void vi.unstubAllEnvs())
}

it("says once in production what is kept in memory, and that there are no secrets", async () => {
  inProduction()
  const { mcp, log } = asking(pay)
  await play(mcp)
  await play(mcp)
  expect(log).toMatchObject([
    {
      level: "warning",
      error: { code: "FLEET-23", message: expect.stringContaining("`NODE_ENV` is `production`") },
    },
    { level: "warning", error: { code: "FLEET-16", message: expect.stringContaining("What steps gave") } },
  ])
})

it("says nothing of a server that was told where to keep it and how to seal it", async () => {
  inProduction()
  const { mcp, log } = asking(pay, {
    storage: memoryStorage(),
    secrets: ["a secret that nobody has ever guessed"],
  })
  await play(mcp)
  expect(log).toEqual([])
})

it("says nothing where nothing looks like production", async () => {
  const { mcp, log } = asking(pay)
  await play(mcp)
  expect(log).toEqual([])
})
