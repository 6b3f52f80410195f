import assert from "node:assert/strict"
import { isStateless } from "../../../src/spec/revisions.ts"
import {
  answering,
  type Check,
  type Connection,
  call,
  expectAnswer,
  expectRefusal,
  failing,
  saying,
  wordsOf,
} from "../check.ts"
import { assertMatches } from "../matches.ts"
import type { Peer } from "../peer.ts"

const hasForms = answering("2025-06-18", "elicitation")
const hasPages = answering("2025-11-25", "elicitation by URL")
const modelsUseTools = answering("2025-11-25", "tools of models")
const canAnswer = ({ silent }: Connection): string | undefined => silent

const titles = [
  { const: "s", title: "Small" },
  { const: "l", title: "Large" },
]

/** A form of one value: what the client is shown, and what it fills in. */
interface FormOfOne {
  readonly name: string
  readonly value: unknown
  readonly field: (connection: Connection) => object
}

const formsOfOne: readonly FormOfOne[] = [
  {
    name: "a number",
    value: 5,
    field: () => ({ type: "integer", minimum: 1, maximum: 9, title: "How many" }),
  },
  { name: "one of several", value: "l", field: () => ({ type: "string", enum: ["s", "l"] }) },
  {
    name: "one of several with titles",
    value: "l",
    field: ({ revision }) =>
      revision >= "2025-11-25"
        ? { type: "string", oneOf: titles }
        : { type: "string", enum: ["s", "l"], enumNames: ["Small", "Large"] },
  },
  {
    name: "several of several",
    value: ["s", "l"],
    field: () => ({ type: "array", items: { type: "string", enum: ["s", "l"] } }),
  },
  {
    name: "several of several with titles",
    value: ["l"],
    field: () => ({ type: "array", items: { anyOf: titles } }),
  },
]

/** What a server asks its client. */
export const askingChecks: readonly Check[] = [
  {
    name: "fills in a form, or is refused what asks for it",
    async run(peer, connection) {
      const answer = peer.ask("callTool", call("ask", { answer: "accept" }))
      if (hasForms(connection) === undefined)
        return expectAnswer(answer, saying('{"action":"accept","data":{"name":"Ada","size":"m"}}'))
      assert.match(await wordsOf(answer), /capability `elicitation`/)
    },
  },
  ...(["decline", "cancel"] as const).map((answer) => ({
    name: `answers a form by ${answer}`,
    unless: hasForms,
    run: (peer: Peer) =>
      expectAnswer(peer.ask("callTool", call("ask", { answer })), saying(`{"action":"${answer}"}`)),
  })),
  {
    name: "says yes and no",
    unless: hasForms,
    async run(peer) {
      await expectAnswer(peer.ask("callTool", call("confirm", { answer: "accept" })), saying("true"))
      await expectAnswer(peer.ask("callTool", call("confirm", { answer: "decline" })), saying("false"))
    },
  },
  ...formsOfOne.map(({ name, value, field }) => ({
    name: `is shown ${name}, and chooses`,
    unless: hasForms,
    async run(peer: Peer, connection: Connection) {
      const answer = peer.ask("callTool", call("choose", { form: name, value }))
      if (Array.isArray(value) && connection.revision < "2025-11-25")
        return expectAnswer(answer, failing(/2025-06-18/))
      await expectAnswer(answer, saying(JSON.stringify({ action: "accept", data: value })))
      assertMatches(peer.heard("asked").at(-1), {
        requestedSchema: { type: "object", properties: { value: field(connection) }, required: ["value"] },
      })
    },
  })),
  {
    name: "opens a page, and hears that all is done there",
    unless: hasPages,
    async run(peer, { revision }) {
      await expectAnswer(peer.ask("callTool", call("visit")), saying("accept"))
      assertMatches(peer.heard("asked").at(-1), { mode: "url", url: "https://example.com/pay" })
      if (isStateless(revision)) return
      await peer.hears("notified", isOf("notifications/elicitation/complete"))
    },
  },
  {
    name: "opens a page that must be opened first",
    unless: hasPages,
    run: (peer, { revision }) => {
      const answer = peer.ask("callTool", call("sign_in"))
      return isStateless(revision)
        ? expectAnswer(answer, saying("welcome"))
        : expectRefusal(answer, [-32042], /example\.com/)
    },
  },
  {
    name: "lets its model write",
    unless: canAnswer,
    run: (peer) =>
      expectAnswer(peer.ask("callTool", call("think")), saying('{"type":"text","text":"echo 2 + 2?"}')),
  },
  {
    name: "lets its model use a tool, or hears the server's own",
    run: (peer, connection) =>
      expectAnswer(
        peer.ask("callTool", call("reckon")),
        saying(modelsUseTools(connection) === undefined ? "It is 4" : "the server's own"),
      ),
  },
  {
    name: "names its folders",
    unless: canAnswer,
    run: (peer) =>
      expectAnswer(
        peer.ask("callTool", call("folders")),
        saying('[{"uri":"file:///workspace","name":"workspace"}]'),
      ),
  },
  {
    name: "answers several questions of one call",
    unless: hasForms,
    run: (peer) =>
      expectAnswer(peer.ask("callTool", call("interview")), saying("1 folder, echo which?, Ada")),
  },
  {
    name: "answers the question of a prompt",
    unless: hasForms,
    run: (peer) =>
      expectAnswer(peer.ask("getPrompt", { name: "asking" }), {
        messages: [{ role: "user", content: { type: "text", text: "Ada" } }],
      }),
  },
]

const isOf =
  (wanted: string) =>
  (heard: unknown): boolean =>
    // `as`: the programs of interop/clients/ tell notifications so.
    (heard as { readonly method: string }).method === wanted
