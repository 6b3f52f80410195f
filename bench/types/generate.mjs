/** Writes the same tools three times: with interfaces by hand, through the plainest typing, and through FleetMCP. */

/** Five kinds of tool, as servers have them; `n` makes every name, and so every type, one of its own. */
const KINDS = [
  (n) => ({
    input: `z.object({ a${n}: z.number(), b: z.number().default(0) })`,
    args: `{ a${n}: number; b: number }`,
    result: "number",
    body: `args.a${n} + args.b`,
  }),
  (n) => ({
    input: `z.object({ query${n}: z.string().min(1), limit: z.number().int().max(100).default(10), tags: z.array(z.string()).optional() })`,
    args: `{ query${n}: string; limit: number; tags?: string[] | undefined }`,
    result: `{ id: string; title: string; score: number }[]`,
    body: `[{ id: args.query${n}, title: args.tags?.join() ?? "", score: args.limit }]`,
  }),
  (n) => ({
    input: `z.object({ user${n}: z.object({ name: z.string(), email: z.email(), role: z.enum(["admin", "member", "guest"]) }), notify: z.boolean() })`,
    args: `{ user${n}: { name: string; email: string; role: "admin" | "member" | "guest" }; notify: boolean }`,
    output: `z.object({ id${n}: z.string(), created: z.string(), role: z.enum(["admin", "member", "guest"]) })`,
    result: `{ id${n}: string; created: string; role: "admin" | "member" | "guest" }`,
    body: `({ id${n}: args.user${n}.name, created: String(args.notify), role: args.user${n}.role })`,
  }),
  (n) => ({
    input: `z.object({ from${n}: z.string(), to: z.string(), lines: z.array(z.object({ sku: z.string(), amount: z.number(), note: z.string().optional() })) })`,
    args: `{ from${n}: string; to: string; lines: { sku: string; amount: number; note?: string | undefined }[] }`,
    result: `{ total${n}: number; lines: { sku: string; amount: number }[] }`,
    body: `({ total${n}: args.lines.length, lines: args.lines.map(({ sku, amount }) => ({ sku, amount })) })`,
  }),
  (n) => ({
    input: `z.object({ path${n}: z.string(), depth: z.number().optional() })`,
    args: `{ path${n}: string; depth?: number | undefined }`,
    output: `z.object({ files${n}: z.array(z.string()), more: z.boolean() })`,
    result: `{ files${n}: string[]; more: boolean }`,
    body: `({ files${n}: [args.path${n}], more: args.depth !== undefined })`,
  }),
]

const CONFIG = "name: string; description: string"
const HEADS = {
  /** Nothing is inferred: interfaces by hand, and schemas that the compiler need not look into. */
  interfaces: `declare function tool(config: { ${CONFIG}; input: unknown; output?: unknown }, handler: (args: never) => unknown): unknown`,
  /** The plainest function that infers arguments and holds results to the output schema. */
  plain: `declare function tool<I extends z.ZodType, O extends z.ZodType, R extends z.input<O> | Promise<z.input<O>>>(config: { ${CONFIG}; input: I; output?: O }, handler: (args: z.output<I>) => R): unknown`,
  fleetmcp: `import { tool } from "fleetmcp"`,
}

export const VARIANTS = Object.keys(HEADS)

/** Writes a module with as many tools. */
export function writeTools(variant, count) {
  const tools = Array.from({ length: count }, (_, n) => writeTool(variant, n, KINDS[n % KINDS.length](n)))
  return `import * as z from "zod"\n${HEADS[variant]}\n\n${tools.join("\n")}`
}

function writeTool(variant, n, { input, args, output, result, body }) {
  const isByHand = variant === "interfaces"
  const isAsync = n % 2 === 1
  const types = isByHand ? `interface Args${n} ${args}\ntype Result${n} = ${result}\n` : ""
  const schemas = `const input${n} = ${input}\n${output === undefined ? "" : `const output${n} = ${output}\n`}`
  const returned = isAsync ? `Promise<Result${n}>` : `Result${n}`
  const signature = isByHand ? `(args: Args${n}): ${returned}` : "(args)"
  const config = `{ name: "tool_${n}", description: "Tool ${n}", input: input${n}${output === undefined ? "" : `, output: output${n}`} }`
  const handler = `${isAsync ? "async " : ""}${signature} => ${body}`
  return `${types}${schemas}export const tool${n} = tool(${config}, ${handler})\n`
}
