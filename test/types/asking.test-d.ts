import { type Elicited, FleetMCP, type Sampled, tool, UrlElicitationRequired } from "fleetmcp"
import * as z from "zod"
import { same } from "./same.ts"

const add = tool({ name: "add", input: z.object({ a: z.number(), b: z.number() }) }, ({ a, b }) => a + b)
const names: readonly string[] = ["x"]

tool({ name: "t" }, async (_, ctx) => {
  // One value.
  same<Elicited<string>>()(await ctx.elicit("?", z.string()))
  same<Elicited<number>>()(await ctx.elicit("?", z.int().default(1)))
  same<Elicited<"a" | "b">>()(await ctx.elicit("?", z.enum(["a", "b"])))
  same<Elicited<boolean>>()(await ctx.elicit("?", { type: "boolean" }))
  same<Elicited<{ n: number }>>()(
    await ctx.elicit("?", { type: "object", properties: { n: { type: "number" } }, required: ["n"] }),
  )

  // Choices.
  same<Elicited<"a" | "b">>()(await ctx.elicit("?", ["a", "b"]))
  same<Elicited<("a" | "b")[]>>()(await ctx.elicit("?", [["a", "b"]]))
  same<Elicited<"a" | "b">>()(await ctx.elicit("?", { a: { title: "A" }, b: { title: "B" } }))
  same<Elicited<("a" | "b")[]>>()(await ctx.elicit("?", [{ a: { title: "A" }, b: { title: "B" } }]))
  same<Elicited<"1" | "2">>()(await ctx.elicit("?", { 1: { title: "One" }, 2: { title: "Two" } }))
  same<Elicited<string>>()(await ctx.elicit("?", names))
  same<Elicited<string[]>>()(await ctx.elicit("?", [names]))
  same<boolean>()(await ctx.confirm("?"))

  // @ts-expect-error Type 'number' is not assignable to type 'string'.
  await ctx.elicit("?", [1, 2])
  // @ts-expect-error Two lists of choices are no form.
  await ctx.elicit("?", [["a"], ["b"]])
  // @ts-expect-error Argument of type '"string"' is not assignable to parameter of type 'Form'.
  await ctx.elicit("?", "string")
  const answer = await ctx.elicit("?", ["a", "b"])
  // @ts-expect-error This comparison appears to be unintentional: there is no such choice.
  if (answer.action === "accept" && answer.data === "c") return
  // @ts-expect-error Property 'data' does not exist on type '{ action: "decline" }'.
  if (answer.action === "decline") answer.data

  // A model.
  same<Sampled<undefined>>()(await ctx.sample("?"))
  const { text, data, toolCalls } = await ctx.sample({
    messages: ["?", { role: "assistant", content: { type: "text", text: "!" } }],
    tools: [add, { name: "theirs", inputSchema: { type: "object" } }],
    output: z.object({ sum: z.number() }),
  })
  same<string>()(text)
  same<{ sum: number }>()(data)
  same<string | undefined>()(toolCalls[0]?.name)
  // @ts-expect-error A resource is no tool.
  await ctx.sample({ messages: "?", tools: [{ uri: "a://b" }] })
  // @ts-expect-error Type 'string' is not assignable to type 'number'.
  await ctx.sample({ messages: "?", maxSteps: "3" })
  return ""
})

new FleetMCP("x", { sampling: { handler: () => "said", mode: "always" } })
new FleetMCP("x", {
  sampling: { handler: async ({ messages }, { signal }) => `${messages.length} ${signal.aborted}` },
})
// @ts-expect-error Type 'number' is not assignable to what a model says.
new FleetMCP("x", { sampling: { handler: () => 1 } })

new UrlElicitationRequired([{ message: "Sign in", url: "https://example.com" }])
// @ts-expect-error Property 'url' is missing.
new UrlElicitationRequired([{ message: "Sign in" }])
