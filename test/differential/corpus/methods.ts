import { type Case, call, type Fields, keys, request } from "./request.ts"

/** Every method of the revision with good and bad parameters. */
export function methodCases(): readonly Case[] {
  return [...lists(), ...discovery(), ...calls(), ...reads(), ...prompts(), ...completions(), ...streams()]
}

const listMethods = ["tools/list", "resources/list", "resources/templates/list", "prompts/list"] as const

function lists(): readonly Case[] {
  return listMethods.flatMap((method) => [
    { name: `${method}: plain`, request: request(method) },
    ...rows(method, "cursor", {
      undefined: {},
      "of another server": { cursor: "bm90LW91cnM" },
      "not base64": { cursor: "!!!" },
      empty: { cursor: "" },
      "a number": { cursor: 3 },
      null: { cursor: null },
      "an object": { cursor: {} },
      "very long": { cursor: "x".repeat(5000) },
    }),
    { name: `${method}: unknown parameter`, request: request(method, { limit: 3 }) },
    { name: `${method}: string id`, request: request(method, {}, { id: "abc" }) },
  ])
}

function discovery(): readonly Case[] {
  return [
    { name: "server/discover: plain", request: request("server/discover") },
    { name: "server/discover: unknown parameter", request: request("server/discover", { verbose: true }) },
  ]
}

function calls(): readonly Case[] {
  const args: { readonly [tool: string]: { readonly [what: string]: unknown } } = {
    add: {
      good: { a: 1, b: 2 },
      "a float": { a: 0.1, b: 0.2 },
      "a large number": { a: 1e308, b: 1 },
      "a string for a number": { a: "1", b: 2 },
      "null for a number": { a: null, b: 2 },
      "one missing": { a: 1 },
      "none at all": {},
      "one too many": { a: 1, b: 2, c: 3 },
      "a reserved name": JSON.parse('{"a":1,"b":2,"__proto__":{"c":3}}'),
    },
    echo: {
      good: { text: "hi" },
      "a default overridden": { text: "hi", times: 3 },
      "too small": { text: "hi", times: 0 },
      "not an integer": { text: "hi", times: 1.5 },
      "an empty text": { text: "" },
      "a long text": { text: "x".repeat(41) },
      "other scripts": { text: "żółć 世界 🙂" },
      "lone surrogates": { text: "\ud800" },
      "undefined as null": { text: "hi", times: null },
    },
    order: {
      good: { item: "tea", size: "small", address: { city: "Bern" } },
      "all fields": { item: "tea", size: "large", address: { city: "Bern", zip: "3000" }, tags: ["a"] },
      "not in the enum": { item: "tea", size: "huge", address: { city: "Bern" } },
      "a nested field missing": { item: "tea", size: "small", address: {} },
      "an array too long": {
        item: "tea",
        size: "small",
        address: { city: "Bern" },
        tags: ["a", "b", "c", "d"],
      },
      "a nested field of another type": { item: "tea", size: "small", address: { city: 3 } },
    },
    strict: { good: { only: true }, "one too many": { only: true, other: 1 } },
    weather: { good: { city: "Oslo" } },
    count: { "without a token": { to: 3 }, "to nothing": { to: 0 } },
    place: { "no headers needed": { note: "x" }, "null values": { region: null } },
  }
  const plain = ["users", "wrong", "fail", "refuse", "mixed", "nothing", "chatter"]
  return [
    ...Object.entries(args).flatMap(([tool, variants]) =>
      Object.entries(variants).map(([what, value]) => ({
        name: `tools/call ${tool}: ${what}`,
        request: call(tool, value),
      })),
    ),
    ...plain.flatMap((tool) => [
      { name: `tools/call ${tool}: plain`, request: call(tool) },
      { name: `tools/call ${tool}: no arguments`, request: request("tools/call", { name: tool }) },
      { name: `tools/call ${tool}: an argument it does not take`, request: call(tool, { extra: 1 }) },
    ]),
    ...rows("tools/call", "shape", {
      "unknown tool": { name: "nobody", arguments: {} },
      "empty name": { name: "", arguments: {} },
      "a name of the prototype": { name: "constructor", arguments: {} },
      "a name like __proto__": { name: "__proto__", arguments: {} },
      "name in another case": { name: "ADD", arguments: { a: 1, b: 2 } },
      "name with spaces": { name: " add ", arguments: {} },
      "non-ASCII name": { name: "żółć", arguments: {} },
      "name missing": { arguments: {} },
      "name a number": { name: 3, arguments: {} },
      "name null": { name: null, arguments: {} },
      "name an array": { name: ["add"], arguments: {} },
      "arguments an array": { name: "echo", arguments: [] },
      "arguments a string": { name: "echo", arguments: "text" },
      "arguments null": { name: "echo", arguments: null },
      "arguments a number": { name: "echo", arguments: 1 },
      "arguments missing": { name: "echo" },
      "unknown parameter": { name: "nothing", arguments: {}, priority: 1 },
      "task of an older revision": { name: "nothing", arguments: {}, task: { ttl: 1000 } },
    }),
    ...logging(),
  ]
}

function logging(): readonly Case[] {
  const chatty = ["debug", "warning", "emergency", "loud", "", 3, null].map((level) => ({
    name: `tools/call chatter: log level ${JSON.stringify(level)}`,
    request: call("chatter", {}, { meta: { [keys.logLevel]: level } }),
  }))
  const counted = ["token", 7, 0, "", 1.5, null, {}, true].map((progressToken) => ({
    name: `tools/call count: progress token ${JSON.stringify(progressToken)}`,
    request: call("count", { to: 3 }, { meta: { progressToken } }),
  }))
  const trace = { traceparent: "00-0af7651916cd43dd8448eb211c80319c-00f067aa0ba902b7-01" }
  return [
    ...chatty,
    ...counted,
    { name: "tools/call nothing: trace context", request: call("nothing", {}, { meta: trace }) },
  ]
}

function reads(): readonly Case[] {
  const uris = {
    json: "config://app",
    "an escaped path": "file:///notes/read%20me.txt",
    bytes: "image://pixel",
    "several contents": "many://parts",
    "one that throws": "broken://resource",
    "a template": "users://user-7/profile",
    "a template with an escaped variable": "users://a%2Fb/profile",
    "a template with a space": "users://a%20b/profile",
    "a template with an empty variable": "users:///profile",
    "a template with a traversal": "users://..%2F..%2Fetc/profile",
    "a template with a query": "search://items?q=tea",
    "a template with an escaped query": "search://items?q=a%26b",
    "a template without its query": "search://items",
    "a template with an unknown query": "search://items?x=1",
    unknown: "config://nothing",
    "unknown scheme": "nowhere:x",
    "no URI": "app",
    empty: "",
    "another case of the scheme": "CONFIG://app",
    "a trailing slash": "config://app/",
    "a fragment": "config://app#part",
    "an unescaped path": "file:///notes/read me.txt",
    "dot segments": "file:///x/../notes/read%20me.txt",
    "non-ASCII": "config://żółć",
  } as const
  return [
    ...Object.entries(uris).map(([what, uri]) => ({
      name: `resources/read: ${what}`,
      request: request("resources/read", { uri }),
    })),
    ...rows("resources/read", "shape", {
      "uri missing": {},
      "uri a number": { uri: 3 },
      "uri null": { uri: null },
      "uri an object": { uri: { href: "config://app" } },
      "unknown parameter": { uri: "config://app", range: [0, 3] },
    }),
  ]
}

function prompts(): readonly Case[] {
  return rows("prompts/get", "shape", {
    good: { name: "review", arguments: { code: "x", language: "typescript" } },
    "optional argument left out": { name: "review", arguments: { code: "x" } },
    "required argument missing": { name: "review", arguments: {} },
    "no arguments where some are required": { name: "review" },
    "unknown argument": { name: "review", arguments: { code: "x", style: "short" } },
    "an argument that is no string": { name: "review", arguments: { code: 3 } },
    "an argument that is null": { name: "review", arguments: { code: null } },
    "without arguments": { name: "greet" },
    "empty arguments": { name: "greet", arguments: {} },
    "an argument it does not take": { name: "greet", arguments: { extra: "x" } },
    "one that throws": { name: "broken" },
    unknown: { name: "nobody" },
    "a name of the prototype": { name: "toString" },
    "empty name": { name: "" },
    "name missing": {},
    "name a number": { name: 3 },
    "arguments an array": { name: "greet", arguments: [] },
    "arguments a string": { name: "greet", arguments: "x" },
    "arguments null": { name: "greet", arguments: null },
  })
}

function completions(): readonly Case[] {
  const language = { type: "ref/prompt", name: "review" }
  const profile = { type: "ref/resource", uri: "users://{id}/profile" }
  return rows("completion/complete", "of", {
    "a prompt": { ref: language, argument: { name: "language", value: "ja" } },
    "a prompt, nothing fits": { ref: language, argument: { name: "language", value: "zz" } },
    "a prompt, everything fits": { ref: language, argument: { name: "language", value: "" } },
    "an argument without completer": { ref: language, argument: { name: "code", value: "x" } },
    "an argument that does not exist": { ref: language, argument: { name: "nobody", value: "x" } },
    "a prompt without arguments": {
      ref: { type: "ref/prompt", name: "greet" },
      argument: { name: "a", value: "" },
    },
    "an unknown prompt": { ref: { type: "ref/prompt", name: "nobody" }, argument: { name: "a", value: "" } },
    "a template": { ref: profile, argument: { name: "id", value: "user-11" } },
    "a template with more than 100": { ref: profile, argument: { name: "id", value: "user" } },
    "a variable that does not exist": { ref: profile, argument: { name: "nobody", value: "" } },
    "a template without completer": {
      ref: { type: "ref/resource", uri: "search://items{?q}" },
      argument: { name: "q", value: "" },
    },
    "a plain resource": {
      ref: { type: "ref/resource", uri: "config://app" },
      argument: { name: "x", value: "" },
    },
    "a URI that a template matches": {
      ref: { type: "ref/resource", uri: "users://user-1/profile" },
      argument: { name: "id", value: "user-11" },
    },
    "an unknown resource": {
      ref: { type: "ref/resource", uri: "no://x" },
      argument: { name: "x", value: "" },
    },
    "an unknown kind": { ref: { type: "ref/tool", name: "add" }, argument: { name: "a", value: "" } },
    "a reference without type": { ref: { name: "review" }, argument: { name: "code", value: "" } },
    "a reference that is no object": { ref: "review", argument: { name: "code", value: "" } },
    "a reference without name": { ref: { type: "ref/prompt" }, argument: { name: "code", value: "" } },
    "a prompt by uri": { ref: { type: "ref/prompt", uri: "review" }, argument: { name: "code", value: "" } },
    "no reference": { argument: { name: "code", value: "" } },
    "no argument": { ref: language },
    "an argument without value": { ref: language, argument: { name: "language" } },
    "an argument without name": { ref: language, argument: { value: "ja" } },
    "a value that is a number": { ref: language, argument: { name: "language", value: 3 } },
    "other arguments": {
      ref: language,
      argument: { name: "language", value: "ja" },
      context: { arguments: { code: "x" } },
    },
    "a context that is no object": { ref: language, argument: { name: "language", value: "ja" }, context: 3 },
    "other arguments that are no strings": {
      ref: language,
      argument: { name: "language", value: "ja" },
      context: { arguments: { code: 3 } },
    },
  })
}

function streams(): readonly Case[] {
  const listen = (what: string, notifications: unknown, more?: Pick<Case, "take" | "stimulus">): Case => ({
    name: `subscriptions/listen: ${what}`,
    request: request("subscriptions/listen", { notifications }),
    take: 1,
    ...more,
  })
  const all = {
    toolsListChanged: true,
    promptsListChanged: true,
    resourcesListChanged: true,
    resourceSubscriptions: ["config://app"],
  }
  return [
    listen("nothing", {}),
    listen("everything", all),
    listen("false", { toolsListChanged: false }),
    listen("an unknown field", { toolsListChanged: true, moonPhase: true }),
    listen("no URIs", { resourceSubscriptions: [] }),
    listen("a field of another type", { toolsListChanged: "yes" }),
    listen("URIs of another type", { resourceSubscriptions: "config://app" }),
    listen("URIs with a number", { resourceSubscriptions: ["config://app", 3] }),
    listen("not an object", []),
    listen("null", null),
    { name: "subscriptions/listen: missing", request: request("subscriptions/listen"), take: 1 },
    listen("a change of the tools", { toolsListChanged: true }, { take: 2, stimulus: "list-changed" }),
    listen(
      "a change of a resource",
      { resourceSubscriptions: ["config://app"] },
      { take: 2, stimulus: "resource-updated" },
    ),
    {
      name: "subscriptions/listen: string id",
      request: request("subscriptions/listen", { notifications: all }, { id: "a-b" }),
      take: 2,
      stimulus: "list-changed",
    },
  ]
}

function rows(method: string, label: string, variants: { readonly [what: string]: Fields }): readonly Case[] {
  return Object.entries(variants).map(([what, params]) => ({
    name: `${method}: ${label} ${what}`,
    request: request(method, params),
  }))
}
