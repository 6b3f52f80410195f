import { allCapabilities, type Case, call, type HttpRequest, keys, request, retry } from "./request.ts"

const accept = (content: unknown) => ({ action: "accept", content })
const form = { name: "Ada", plan: "free" }

/** Calls that ask the client: the questions, the retries, and what a client may get wrong in them. */
export function askingCases(): readonly Case[] {
  return [...questions(), ...answers(), ...states(), ...capabilities()]
}

const asking: { readonly [name: string]: HttpRequest } = {
  register: call("register"),
  visit: call("visit"),
  think: call("think"),
  folders: call("folders"),
  interview: call("interview"),
  "a resource": request("resources/read", { uri: "asking://resource" }),
  "a prompt": request("prompts/get", { name: "asking" }),
}

function questions(): readonly Case[] {
  return Object.entries(asking).map(([what, first]) => ({ name: `asking ${what}: first`, request: first }))
}

function answers(): readonly Case[] {
  const replies: { readonly [what: string]: { readonly [how: string]: unknown } } = {
    register: {
      accepted: { who: accept(form) },
      declined: { who: { action: "decline" } },
      cancelled: { who: { action: "cancel" } },
      "accepted without content": { who: { action: "accept" } },
      "not what the form asks": { who: accept({ name: "A", plan: "free" }) },
      "a field missing": { who: accept({ name: "Ada" }) },
      "an unknown action": { who: { action: "maybe" } },
      "no action": { who: { content: form } },
      "content that is no object": { who: { action: "accept", content: "Ada" } },
      "an answer that is no object": { who: "Ada" },
      "an answer that is null": { who: null },
      "an answer that is an array": { who: [] },
      "no answers": {},
      "another key": { other: accept(form) },
      "one key too many": { who: accept(form), other: accept({}) },
      "answers that are an array": [],
      "answers that are a string": "who",
      "an answer to another kind of question": { who: { roots: [] } },
    },
    visit: {
      accepted: { pay: { action: "accept" } },
      declined: { pay: { action: "decline" } },
      "with content": { pay: accept({ a: 1 }) },
    },
    think: {
      answered: { thought: { role: "assistant", content: { type: "text", text: "4" }, model: "m" } },
      "without role": { thought: { content: { type: "text", text: "4" }, model: "m" } },
      "without content": { thought: { role: "assistant", model: "m" } },
      "without model": { thought: { role: "assistant", content: { type: "text", text: "4" } } },
    },
    folders: {
      answered: { roots: { roots: [{ uri: "file:///a", name: "a" }, { uri: "file:///b" }] } },
      none: { roots: { roots: [] } },
      "not an array": { roots: { roots: "file:///a" } },
    },
    interview: {
      both: { who: accept(form), nick: accept({ nickname: "A" }) },
      one: { who: accept(form) },
      none: {},
    },
    "a resource": { answered: { nick: accept({ nickname: "A" }) }, "nothing yet": {} },
    "a prompt": { answered: { nick: accept({ nickname: "A" }) }, declined: { nick: { action: "decline" } } },
  }
  return Object.entries(replies).flatMap(([what, variants]) =>
    Object.entries(variants).map(([how, answer]) => {
      // Both tables are above and have the same keys.
      const first = asking[what] as HttpRequest
      return { name: `asking ${what}: ${how}`, request: first, next: retry(first, answer) }
    }),
  )
}

function states(): readonly Case[] {
  const first = call("register")
  const answer = { who: accept(form) }
  const changed: { readonly [what: string]: unknown } = {
    "left out": undefined,
    empty: "",
    invented: "v1.abc.def",
    "a number": 3,
    null: null,
    "an object": {},
    "very long": "x".repeat(20_000),
  }
  return [
    ...Object.entries(changed).map(([what, state]) => ({
      name: `asking register: state ${what}`,
      request: first,
      next: retry(first, answer, { state }),
    })),
    {
      name: "asking register: state changed by one letter",
      request: first,
      next: (asked) => retry(first, answer, { state: flip(String(asked.requestState)) })(asked),
    },
    {
      name: "asking register: state cut short",
      request: first,
      next: (asked) => retry(first, answer, { state: String(asked.requestState).slice(0, -4) })(asked),
    },
    {
      name: "asking register: state of another call",
      request: first,
      next: (asked) => retry(call("interview"), answer)(asked),
    },
    {
      name: "asking register: state on a tool that never asks",
      request: first,
      next: (asked) => retry(call("nothing"), answer)(asked),
    },
    {
      name: "asking: answers on a method that cannot ask",
      request: request("tools/list", { inputResponses: answer, requestState: "x" }),
    },
    {
      name: "asking: answers nobody asked for",
      request: request("tools/call", { name: "nothing", inputResponses: answer }),
    },
    {
      name: "asking: answers and no state, on the first call",
      request: request("tools/call", { name: "register", inputResponses: answer }),
    },
  ]
}

function capabilities(): readonly Case[] {
  const declared: { readonly [what: string]: unknown } = {
    none: {},
    "elicitation without modes": { elicitation: {} },
    "form only": { elicitation: { form: {} } },
    "url only": { elicitation: { url: {} } },
    "sampling only": { sampling: {} },
    "roots only": { roots: {} },
    "roots with changes": { roots: { listChanged: true } },
    all: allCapabilities,
    "an unknown one": { ...allCapabilities, telepathy: {} },
    "an extension": { ...allCapabilities, extensions: { "com.example/x": {} } },
    "elicitation null": { elicitation: null },
    "elicitation true": { elicitation: true },
  }
  return Object.entries(declared).flatMap(([what, value]) =>
    Object.entries(asking).map(([tool, first]) => {
      const message = JSON.parse(first.body ?? "{}")
      message.params._meta[keys.capabilities] = value
      return {
        name: `asking ${tool}: capabilities ${what}`,
        request: { ...first, body: JSON.stringify(message) },
      }
    }),
  )
}

/** Changes a letter in the middle: the last may hold bits that do not count. */
function flip(state: string): string {
  const middle = Math.floor(state.length / 2)
  const letter = state[middle] === "A" ? "B" : "A"
  return state.slice(0, middle) + letter + state.slice(middle + 1)
}
