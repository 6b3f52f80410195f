import { mkdtemp, readFile, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { expect, it, onTestFinished } from "vitest"
import { bring } from "../../examples/client-skills.ts"
import components from "../../examples/providers-filesystem.ts"
import shop from "../../examples/providers-skills.ts"
import { callForText, connect, read } from "./example.ts"

it("providers-filesystem.ts serves what the modules of a folder export", async () => {
  const client = await connect(components)
  expect(await callForText(client, "users_list")).toContain("Ada")
  expect(await read(client, "shop://status")).toEqual({ "shop://status": '{"open":true}' })
  expect((await client.listPrompts()).prompts.map(({ name }) => name)).toEqual(["greet"])
})

it("providers-skills.ts serves a folder of skills, which client-skills.ts downloads", async () => {
  const client = await connect(shop)
  expect(await read(client, "skill://refunds/references/rules.md")).toMatchObject({
    "skill://refunds/references/rules.md": expect.stringContaining("30 days"),
  })
  const folder = await mkdtemp(join(tmpdir(), "example-skills-"))
  onTestFinished(() => rm(folder, { recursive: true }))
  expect(await bring(client, folder)).toEqual({ downloaded: ["refunds"], kept: [], failed: [] })
  const own = await readFile(new URL("../../examples/skills/refunds/SKILL.md", import.meta.url), "utf8")
  expect(await readFile(join(folder, "refunds/SKILL.md"), "utf8")).toBe(own)
})
