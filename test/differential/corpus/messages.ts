import { type Case, post, request, standardHeaders } from "./request.ts"

/** Bodies that are no good message, and requests that are no POST. */
export function messageCases(): readonly Case[] {
  return [...bodies(), ...shapes(), ...batches(), ...verbs()]
}

const headers = standardHeaders("tools/list", {})
const good = JSON.parse(request("tools/list").body ?? "")

function bodies(): readonly Case[] {
  const text = JSON.stringify(good)
  const values: { readonly [what: string]: string | undefined } = {
    "none at all": undefined,
    empty: "",
    "white space": "  \n ",
    "not JSON": "hello",
    "cut short": text.slice(0, -3),
    "two messages": text + text,
    "a byte order mark": `\ufeff${text}`,
    "white space around": `\n\t ${text} \r\n`,
    "a trailing comma": text.replace(/}$/, ",}"),
    "single quotes": text.replaceAll('"', "'"),
    "a comment": `/* x */${text}`,
    "NaN for the id": text.replace('"id":1', '"id":NaN'),
    "a duplicate method": text.replace('"id":1', '"id":1,"method":"prompts/list"'),
    "a duplicate id": text.replace('"id":1', '"id":5,"id":1'),
    "a __proto__ member": text.replace('"id":1', '"id":1,"__proto__":{"method":"ping"}'),
    "escaped names": text.replace('"method"', '"\\u006dethod"'),
    "deep nesting": text.replace('"id":1', `"id":1,"x":${"[".repeat(5000)}${"]".repeat(5000)}`),
    null: "null",
    true: "true",
    "a number": "3",
    "a string": '"tools/list"',
    "an empty object": "{}",
  }
  return Object.entries(values).map(([what, body]) => ({
    name: `body: ${what}`,
    request: post(undefined, headers, { body }),
  }))
}

function shapes(): readonly Case[] {
  const values: { readonly [what: string]: object } = {
    "no jsonrpc": { jsonrpc: undefined },
    "jsonrpc 1.0": { jsonrpc: "1.0" },
    "jsonrpc a number": { jsonrpc: 2 },
    "no method": { method: undefined },
    "method a number": { method: 3 },
    "method null": { method: null },
    "method an array": { method: ["tools/list"] },
    "an unknown member": { extra: true },
    "a result too": { result: {} },
    "an error too": { error: { code: 1, message: "x" } },
  }
  const answers: { readonly [what: string]: object } = {
    "a result": { jsonrpc: "2.0", id: 1, result: {} },
    "an error": { jsonrpc: "2.0", id: 1, error: { code: -32603, message: "x" } },
    "an error without id": { jsonrpc: "2.0", error: { code: -32603, message: "x" } },
    "a result without id": { jsonrpc: "2.0", result: {} },
    "a malformed error": { jsonrpc: "2.0", id: 1, error: "x" },
    "a result and an error": { jsonrpc: "2.0", id: 1, result: {}, error: { code: 1, message: "x" } },
  }
  return [
    ...Object.entries(values).map(([what, change]) => ({
      name: `message: ${what}`,
      request: post({ ...good, ...change }, headers),
    })),
    ...Object.entries(answers).flatMap(([what, message]) => [
      { name: `response: ${what}`, request: post(message, headers) },
      { name: `response: ${what}, no headers`, request: post(message, {}) },
    ]),
  ]
}

function batches(): readonly Case[] {
  const old = { jsonrpc: "2.0", id: 1, method: "tools/list" }
  const note = { jsonrpc: "2.0", method: "notifications/initialized" }
  const values: { readonly [what: string]: readonly unknown[] } = {
    empty: [],
    "one request": [good],
    "two requests": [good, { ...good, id: 2 }],
    "requests of an older revision": [old, { ...old, id: 2 }],
    "a notification": [note],
    "a response": [{ jsonrpc: "2.0", id: 1, result: {} }],
    "not messages": [1, 2],
    "a nested batch": [[good]],
    mixed: [good, note, 3],
    "a thousand": Array.from({ length: 1000 }, (_, id) => ({ ...good, id })),
  }
  return Object.entries(values).flatMap(([what, batch]) => [
    { name: `batch: ${what}`, request: post(batch, headers) },
    { name: `batch: ${what}, no headers`, request: post(batch, {}) },
    {
      name: `batch: ${what}, an older header`,
      request: post(batch, { "mcp-protocol-version": "2025-03-26" }),
    },
  ])
}

function verbs(): readonly Case[] {
  const bodiless = ["GET", "HEAD", "DELETE", "OPTIONS", "PUT", "PATCH"]
  return bodiless.flatMap((method) => [
    { name: `verb ${method}: plain`, request: post(undefined, {}, { method, body: undefined }) },
    { name: `verb ${method}: with headers`, request: post(undefined, headers, { method, body: undefined }) },
    {
      name: `verb ${method}: with a session`,
      request: post(undefined, { "mcp-session-id": "abc" }, { method, body: undefined }),
    },
  ])
}
