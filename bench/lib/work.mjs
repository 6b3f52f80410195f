/** What is asked of servers, and what tells a right answer. */
import { PROGRESS_STEPS } from "./catalog.mjs"

const BLOB = "x".repeat(64 * 1024)

const textOf = (result) => result.content?.map((block) => block.text).join("")

export const add = {
  method: "tools/call",
  params: { name: "add", arguments: { a: 17, b: 25 } },
  expect: (result) => (textOf(result) === "42" ? undefined : "17 + 25 is 42"),
}

export const echo = {
  method: "tools/call",
  params: { name: "echo", arguments: { text: BLOB } },
  expect: (result) => (textOf(result) === BLOB ? undefined : "not the text that was sent"),
}

export const progress = {
  method: "tools/call",
  params: { name: "progress", arguments: { steps: PROGRESS_STEPS } },
  progress: true,
  expect: (result, messages) => {
    const notes = messages.filter(({ method }) => method === "notifications/progress")
    if (notes.length !== PROGRESS_STEPS) return `${notes.length} notifications, not ${PROGRESS_STEPS}`
    const ordered = notes.every(({ params }, index) => params.progress === index + 1)
    if (!ordered || messages.at(-1).result !== result) return "not in order"
    return textOf(result) === "done" ? undefined : "the result is not `done`"
  },
}

export const list = (count) => ({
  method: "tools/list",
  params: {},
  expect: ({ tools }) => {
    if (tools?.length !== count) return `${tools?.length} tools, not ${count}`
    const whole = tools.every(
      ({ name, description, inputSchema }) => name && description && inputSchema?.properties,
    )
    return whole ? undefined : "a tool lacks its description or schema"
  },
})
