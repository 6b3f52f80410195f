import fc from "fast-check"
import { describe, expect, it } from "vitest"
import type { Connection } from "../../src/client/connection.ts"
import type { Json } from "../../src/client/rpc.ts"
import { RequestFailed } from "../../src/errors/testing.ts"
import { opened } from "../support/connecting.ts"
import { fronting } from "../support/proxying.ts"
import { type Raw, rawServer } from "../support/raw-server.ts"

const eras = ["session", "stateless"] as const

const text = fc.string({ maxLength: 12 })
const name = fc.stringMatching(/^[A-Za-z0-9_.-]{1,20}$/)
const key = fc.stringMatching(/^[a-z]{1,6}$/).map((word) => `x-${word}`)
const json = fc.jsonValue({ maxDepth: 2 }).filter((value) => !JSON.stringify(value).includes("__proto__"))
const unknown = fc.dictionary(key, json, { maxKeys: 3 })
const meta = fc.dictionary(
  key.map((each) => `com.example/${each}`),
  json,
  { maxKeys: 2 },
)
const extras = fc.record({ _meta: meta, title: text, description: text }, { requiredKeys: [] })
const icons = fc.record(
  { icons: fc.array(fc.record({ src: fc.constant("https://e.example/i.png"), theme: text })) },
  { requiredKeys: [] },
)

const block = fc.oneof(
  fc.record({ type: fc.constant("text"), text }),
  fc.record({ type: fc.constant("image"), data: fc.constant("AAAA"), mimeType: fc.constant("image/png") }),
  fc.record({ type: fc.constant("audio"), data: fc.constant("AAAA"), mimeType: fc.constant("audio/wav") }),
  fc.record({ type: fc.constant("resource_link"), uri: fc.constant("data://x"), name: text }),
  fc.record({ type: fc.constant("resource"), resource: fc.record({ uri: fc.constant("data://x"), text }) }),
  fc.record({ type: fc.constant("x-hologram"), rays: json }),
)
const with_ = <T extends object>(base: fc.Arbitrary<T>) =>
  fc.tuple(base, unknown, extras, icons).map(([own, ...more]): Json => Object.assign({}, ...more, own))

const tools = fc.uniqueArray(
  with_(
    fc.record({ name, inputSchema: fc.constant({ type: "object", "x-odd": true }), annotations: unknown }),
  ),
  { selector: (tool) => tool.name, maxLength: 4 },
)
const resources = fc.uniqueArray(
  with_(fc.record({ uri: name.map((each) => `data://host/${each}`), name: text })),
  { selector: (each) => each.uri, maxLength: 3 },
)
const prompts = fc.uniqueArray(
  with_(fc.record({ name, arguments: fc.array(fc.record({ name: key, "x-hint": json }), { maxLength: 2 }) })),
  { selector: (each) => each.name, maxLength: 3 },
)
const toolResult = fc
  .tuple(
    fc.array(block, { maxLength: 3 }),
    unknown,
    fc.record({ isError: fc.boolean(), _meta: meta, structuredContent: unknown }, { requiredKeys: [] }),
  )
  .map(([content, ...more]): Json => Object.assign({}, ...more, { content }))
const failure = fc.record({ code: fc.integer({ min: -32099, max: 500 }), message: text, data: json })
const outcome = fc.oneof(
  toolResult.map((result) => ({ result })),
  failure.map((error) => ({ error })),
)

describe.each(eras)("a server in the %s era", (era) => {
  it("is the same through a proxy", async () => {
    await fc.assert(
      fc.asyncProperty(fc.record({ tools, resources, prompts, outcome }), async (raw: Raw) => {
        const direct = await opened(rawServer(raw), { era })
        const proxied = await opened(fronting(rawServer(raw), { era }), { era })
        const all = await seen(proxied, raw)
        expect(all).toEqual(await seen(direct, raw))
        expect(all[0]).toEqual({
          ...(era === "stateless" && { resultType: "complete" }),
          tools: JSON.parse(JSON.stringify(raw.tools)),
        })
        await Promise.all([direct.close(), proxied.close()])
      }),
      { numRuns: 40 },
    )
  })
})

/** All that a client sees. */
async function seen(connection: Connection, { tools, resources, prompts }: Raw): Promise<readonly unknown[]> {
  const outcomes: unknown[] = []
  const ask = async (method: string, params: Json) =>
    outcomes.push(await connection.request(method, params).then(plain, failed))
  for (const method of ["tools/list", "resources/list", "prompts/list"]) await ask(method, {})
  for (const each of tools)
    await ask("tools/call", {
      name: each.name,
      arguments: { a: [1, { b: null }] },
      _meta: { "com.example/trace": "t" },
    })
  for (const each of resources) await ask("resources/read", { uri: each.uri })
  for (const each of prompts) await ask("prompts/get", { name: each.name, arguments: {} })
  return outcomes
}

/** Without what each server says of itself, and how long lists may be kept. */
function plain({ _meta, ttlMs: _ttl, cacheScope: _scope, ...result }: Json): unknown {
  const { "io.modelcontextprotocol/serverInfo": _server, ...meta } = (_meta ?? {}) as Json
  return JSON.parse(JSON.stringify(Object.keys(meta).length === 0 ? result : { ...result, _meta: meta }))
}

function failed(error: unknown): unknown {
  if (!(error instanceof RequestFailed)) throw error
  return { error: error.error }
}
