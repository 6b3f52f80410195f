import assert from "node:assert/strict"
import { type Check, call, expectAnswer, expectRefusal, failing, saying } from "../check.ts"
import { assertMatches } from "../matches.ts"

export const toolChecks: readonly Check[] = [
  {
    name: "lists tools of all pages",
    async run(peer) {
      // `as`: matched by the line below it.
      const tools = (await peer.ask("listTools")) as readonly { readonly name: string }[]
      assert.deepEqual(
        tools.map(({ name }) => name),
        "add user contents fail route report go_on log hang why_aborted step_out ring database ask choose confirm visit sign_in think reckon folders interview order create_session end_session count_visits put change pid".split(
          " ",
        ),
      )
    },
  },
  {
    name: "sees what a tool takes and gives",
    async run(peer, { revision }) {
      const [add, user] = Object.values((await peer.ask("listTools")) as object)
      assertMatches(add, {
        description: "Adds two numbers",
        inputSchema: { type: "object", properties: { a: { type: "number" } }, required: ["a", "b"] },
        ...(revision >= "2025-03-26" && { annotations: { readOnlyHint: true } }),
        ...(revision >= "2025-06-18" && { title: "Add" }),
      })
      if (revision >= "2025-06-18")
        assertMatches(user, { outputSchema: { type: "object", properties: { name: { type: "string" } } } })
    },
  },
  {
    name: "calls a tool that returns a number",
    async run(peer, { revision }) {
      const three = revision >= "2026-07-28" ? 3 : { result: 3 }
      await expectAnswer(peer.ask("callTool", { name: "add", arguments: { a: 1, b: 2 } }), {
        ...saying("3"),
        ...(revision >= "2025-06-18" && { structuredContent: three }),
      })
    },
  },
  {
    name: "calls a tool that returns an object",
    run: (peer, { revision }) =>
      expectAnswer(peer.ask("callTool", { name: "user" }), {
        ...saying('{"name":"Ada"}'),
        ...(revision >= "2025-06-18" && { structuredContent: { name: "Ada" } }),
      }),
  },
  {
    name: "gets every kind of content",
    run: (peer, { revision }) =>
      expectAnswer(peer.ask("callTool", { name: "contents" }), {
        content: [
          { type: "text", text: "words" },
          { type: "image", mimeType: "image/png", data: /^iVBOR/ },
          revision >= "2025-03-26"
            ? { type: "audio", mimeType: "audio/wav", data: /^UklGR/ }
            : { type: "resource", resource: { mimeType: "audio/wav", blob: /^UklGR/ } },
          { type: "resource", resource: { uri: "test://table", mimeType: "text/csv", text: "a,b\n" } },
          revision >= "2025-06-18"
            ? { type: "resource_link", uri: "test://text", name: "the-text" }
            : { type: "text", text: /test:\/\/text/ },
        ],
      }),
  },
  {
    name: "sends an argument that a header repeats",
    run: (peer) =>
      expectAnswer(
        peer.ask("callTool", { name: "route", arguments: { region: "Zürich " } }),
        saying("Zürich "),
      ),
  },
  {
    name: "is told that a tool failed",
    run: (peer) => expectAnswer(peer.ask("callTool", { name: "fail" }), failing("It failed on purpose")),
  },
  {
    name: "is told which argument is wrong",
    run: (peer) =>
      expectAnswer(peer.ask("callTool", call("add", { a: "one", b: 2 })), failing(/`a`: expected number/)),
  },
  {
    name: "is refused a tool that does not exist",
    run: (peer) => expectRefusal(peer.ask("callTool", { name: "reprt" }), [-32602], /`reprt`.*`report`/s),
  },
  {
    name: "keeps calls apart that run at once",
    async run(peer) {
      const numbers = Array.from({ length: 20 }, (_, nth) => nth)
      const answers = numbers.map((a) => peer.ask("callTool", { name: "add", arguments: { a, b: 100 } }))
      assertMatches(
        await Promise.all(answers),
        numbers.map((a) => saying(String(a + 100))),
      )
    },
  },
]
