import { expect, it } from "vitest"
import { closingLine } from "./closing-line.ts"

const loaded = (...files: readonly string[]) => ({
  process: { getBuiltinModule: () => ({ _cache: Object.fromEntries(files.map((file) => [file, {}])) }) },
})

it.each([
  [
    "Fastify",
    loaded("/app/node_modules/express/index.js", "/app/node_modules/fastify/fastify.js"),
    "onClose",
  ],
  ["Express", loaded("C:\\app\\node_modules\\express\\index.js"), "app.listen()"],
  [
    "another package of such a name",
    loaded("/app/node_modules/express-session/index.js"),
    "await mcp.close()",
  ],
  ["Next.js", { process: { env: { NEXT_RUNTIME: "nodejs" } } }, "instrumentation.ts"],
  ["Lambda", { process: { env: { AWS_LAMBDA_FUNCTION_NAME: "mcp" } } }, "Lambda"],
  ["nobody", { process: {} }, "await mcp.close()"],
  ["a runtime without a process", {}, "await mcp.close()"],
])("names the line to write where the host is %s", (_, program, line) => {
  expect(closingLine(program)).toContain(line)
})
