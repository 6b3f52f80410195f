/** The catalog as a Map of functions and a list. */
import { toolData } from "./catalog.mjs"
import { config } from "./child.mjs"

const text = (value) => ({ content: [{ type: "text", text: value }] })

const handlers = {
  add: ({ a, b }) => text(String(a + b)),
  echo: (args) => text(args.text),
  filler: () => text("ok"),
  progress: ({ steps }, report) => {
    for (let step = 1; step <= steps; step++) report(step, steps)
    return text("done")
  },
}

export const tools = new Map()
export const listed = []
for (const { kind, ...tool } of toolData(config.tools)) {
  tools.set(tool.name, handlers[kind])
  listed.push(tool)
}
