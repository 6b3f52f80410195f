import assert from "node:assert/strict"
import { isStateless } from "../../../src/spec/revisions.ts"
import { type Check, expectAnswer, expectRefusal } from "../check.ts"
import { assertMatches } from "../matches.ts"

/** Resources, prompts and completions. */
export const dataChecks: readonly Check[] = [
  {
    name: "lists resources of all pages",
    async run(peer) {
      assertMatches(await peer.ask("listResources"), [
        { uri: "test://text", mimeType: "text/plain", description: "Some text" },
        { uri: "test://bytes", mimeType: "image/png" },
        ...[1, 2, 3].map((nth) => ({ uri: `test://more/${nth}` })),
      ])
    },
  },
  {
    name: "lists resource templates",
    run: (peer) => expectAnswer(peer.ask("listTemplates"), [{ uriTemplate: "users://{id}" }]),
  },
  {
    name: "reads text",
    run: (peer) =>
      expectAnswer(peer.ask("readResource", { uri: "test://text" }), {
        contents: [{ uri: "test://text", mimeType: "text/plain", text: "some text" }],
      }),
  },
  {
    name: "reads bytes",
    run: (peer) =>
      expectAnswer(peer.ask("readResource", { uri: "test://bytes" }), {
        contents: [{ uri: "test://bytes", mimeType: "image/png", blob: /^iVBOR/ }],
      }),
  },
  {
    name: "reads by a template",
    run: (peer) =>
      expectAnswer(peer.ask("readResource", { uri: "users://7" }), {
        contents: [{ uri: "users://7", text: '{"id":"7"}' }],
      }),
  },
  {
    name: "is refused a resource that does not exist",
    run: (peer, { revision }) =>
      expectRefusal(
        peer.ask("readResource", { uri: "test://nothing" }),
        // Version 2 of the TypeScript SDK says -32602 in all revisions.
        isStateless(revision) ? [-32602] : [-32002, -32602],
        /test:\/\/nothing/,
      ),
  },
  {
    name: "lists prompts of all pages",
    async run(peer) {
      // `as`: matched by the line below it.
      const prompts = (await peer.ask("listPrompts")) as readonly { readonly name: string }[]
      assert.deepEqual(
        prompts.map(({ name }) => name),
        ["asking", "review", "picture", "more_1", "more_2", "more_3"],
      )
      assertMatches(prompts[1], { arguments: [{ name: "code", required: true }] })
    },
  },
  {
    name: "gets a prompt with an argument",
    run: (peer) =>
      expectAnswer(peer.ask("getPrompt", { name: "review", arguments: { code: "x = 1" } }), {
        messages: [{ role: "user", content: { type: "text", text: "Review x = 1" } }],
      }),
  },
  {
    name: "gets a prompt with an image",
    run: (peer) =>
      expectAnswer(peer.ask("getPrompt", { name: "picture" }), {
        messages: [
          { role: "user", content: { type: "image", mimeType: "image/png" } },
          { role: "assistant", content: { type: "text", text: "A pixel." } },
        ],
      }),
  },
  {
    name: "is refused a prompt without its argument",
    run: (peer) =>
      expectRefusal(peer.ask("getPrompt", { name: "review", arguments: {} }), [-32602], /`code`/),
  },
  {
    name: "is refused a prompt that does not exist",
    run: (peer) =>
      expectRefusal(peer.ask("getPrompt", { name: "reviews" }), [-32602], /`reviews`.*`review`/s),
  },
  {
    name: "is suggested arguments of a prompt",
    run: (peer) =>
      expectAnswer(
        peer.ask("complete", {
          ref: { type: "ref/prompt", name: "review" },
          argument: { name: "code", value: "l" },
        }),
        { completion: { values: ["let", "lambda"] } },
      ),
  },
  {
    name: "is suggested variables of a template",
    run: (peer) =>
      expectAnswer(
        peer.ask("complete", {
          ref: { type: "ref/resource", uri: "users://{id}" },
          argument: { name: "id", value: "a" },
        }),
        { completion: { values: ["ada", "alan"] } },
      ),
  },
]
