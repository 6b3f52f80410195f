import { isInputRequired } from "../components/input-required.ts"
import { type ContentInput, ToolResult } from "../components/result.ts"
import type { Tool, ToolDefaults } from "../components/tool.ts"
import { composeConvert, type OutputSchema, type ToolInvoke } from "../components/tool-invoke.ts"
import { issuesResult } from "../components/tool-refusal.ts"
import { isObjectSchema } from "../protocol/structured.ts"
import { type CompiledSchema, compileSchema, type Validated } from "../schema/compile.ts"
import { headerKeyword, headerParams } from "../schema/header-params.ts"
import type { Issue } from "../schema/issue.ts"
import { createPeer } from "../schema/peer.ts"
import { isStandardSchema, type Schema } from "../schema/schema.ts"
import { andThen, type MaybePromise } from "../shared/maybe-promise.ts"
import type { CallToolResult } from "../spec/index.ts"
import { type ChangedArguments, changeArguments } from "./tool-arguments.ts"
import type { Original, ToolChange } from "./tool-change.ts"

/** What of a tool is other when it runs. */
type Changed = Pick<Tool, "inputSchema" | "outputSchema" | "headerParams" | "invoke">

interface Making {
  readonly subject: string
  readonly defaults: ToolDefaults
}

/** Joins checks, mapping and handler into what a call of the changed tool goes through. */
export function composeChanged(tool: Tool, change: ToolChange, { subject, defaults }: Making): Changed {
  const args = changeArguments(tool.inputSchema, change.arguments ?? {}, subject)
  const input = compileSchema(args.schema, {
    side: "input",
    subject: `${subject} input`,
    root: "object",
    lenient: defaults.lenient ?? false,
    // The schema of an upstream's tool was written by others.
    origin: createPeer(),
  })
  const output = change.output ?? tool.outputSchema
  const compiled = output === undefined ? undefined : compileOutput(output, subject)
  const check = (given: unknown) => checked({ args, input }, given)
  return {
    inputSchema: input.json,
    outputSchema: compiled?.json,
    headerParams: input.keywords.has(headerKeyword) ? headerParams(input.json) : [],
    invoke: isHandled(change)
      ? handled(tool, change, { subject, args, check, output: compiled })
      : (given, ctx) =>
          andThen(check(given), (verdict) =>
            verdict.ok
              ? andThen(args.toInner(verdict.value as object, ctx), (inner) => tool.invoke(inner, ctx))
              : issuesResult(subject, verdict.issues),
          ),
  }
}

function isHandled({ handler, output }: ToolChange): boolean {
  return handler !== undefined || output !== undefined
}

interface Handling {
  readonly subject: string
  readonly args: ChangedArguments
  readonly check: (given: unknown) => MaybePromise<Validated>
  readonly output: OutputSchema | undefined
}

/** Runs the handler, which may call the tool as it was. */
function handled(
  tool: Tool,
  { handler = (args, _ctx, original) => original(args), output: newOutput }: ToolChange,
  { subject, args, check, output }: Handling,
): ToolInvoke {
  const convert = composeConvert({ subject, output, render: undefined })
  return async (given, ctx) => {
    const verdict = await check(given)
    if (!verdict.ok) return issuesResult(subject, verdict.issues)
    const results = new WeakMap<object, CallToolResult>()
    const asked = new WeakSet<object>()
    const run = async (inner: object) => {
      const result = await tool.invoke(inner, ctx)
      if (!isInputRequired(result)) return noted(result, results)
      asked.add(result)
      // Its questions are those of this call, which runs again with the answers.
      return Promise.reject(result)
    }
    const original: Original = Object.assign(
      async (changed: object) => run(await args.toInner(changed, ctx)),
      { raw: run },
    )
    try {
      // What was checked is an object.
      const value: unknown = await handler(verdict.value as { [name: string]: unknown }, ctx, original)
      if (isInputRequired(value)) return value
      const whole = typeof value === "object" && value !== null ? results.get(value) : undefined
      // What the tool gave was checked by it, and may hold more than a result of ours can say.
      return whole !== undefined && newOutput === undefined ? whole : await convert(value)
    } catch (error) {
      if (isInputRequired(error) && asked.has(error)) return error
      throw error
    }
  }
}

/** Makes of a result one that a handler may read and return. */
function noted(result: CallToolResult, results: WeakMap<object, CallToolResult>): ToolResult<unknown> {
  const made = new ToolResult<unknown>({
    // A block of a kind that is not known here is passed on as it is.
    content: result.content as ContentInput,
    isError: result.isError === true,
    ...("structuredContent" in result ? { structuredContent: result.structuredContent } : undefined),
  })
  results.set(made, result)
  return made
}

function checked(
  { args, input }: { readonly args: ChangedArguments; readonly input: CompiledSchema },
  given: unknown,
): MaybePromise<Validated> {
  const refused = args.refuse((given ?? {}) as object)
  if (refused.length > 0) return { ok: false, issues: refused }
  return andThen(input.validate(given), (verdict) =>
    verdict.ok && args.checks.size > 0 ? checkedByLibraries(args.checks, verdict.value as object) : verdict,
  )
}

async function checkedByLibraries(
  checks: ReadonlyMap<string, CompiledSchema>,
  value: object,
): Promise<Validated> {
  const issues: Issue[] = []
  const entries = await Promise.all(
    Object.entries(value).map(async ([name, each]) => {
      const verdict = await checks.get(name)?.validate(each)
      if (verdict === undefined) return [name, each] as const
      if (verdict.ok) return [name, verdict.value] as const
      issues.push(...verdict.issues.map((issue) => ({ ...issue, path: [name, ...issue.path] })))
      return [name, each] as const
    }),
  )
  return issues.length > 0 ? { ok: false, issues } : { ok: true, value: Object.fromEntries(entries) }
}

function compileOutput(schema: Schema, subject: string): OutputSchema {
  const compiled = compileSchema(schema, {
    side: "output",
    subject: `${subject} output`,
    origin: createPeer(),
  })
  return { ...compiled, isRaw: !isStandardSchema(schema), isUnion: !isObjectSchema(compiled.json) }
}
