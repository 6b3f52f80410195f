import { expect, it } from "vitest"
import { quietServer } from "../../test/support/server.ts"
import { prompt } from "../components/prompt.ts"
import { connect } from "../testing/connect.ts"

it("names the argument that was meant where it does not know one", async () => {
  const schema = { type: "object", properties: { language: { type: "string" } } } as const
  const review = prompt({ name: "review", args: schema, complete: { language: ["ts"] } }, () => "x")
  await using client = await connect(quietServer({ prompts: [review] }))
  const params = { ref: { type: "ref/prompt", name: "review" }, argument: { name: "langage", value: "" } }
  await expect(client.request("completion/complete", params)).rejects.toThrow("Did you mean `language`?")
})
