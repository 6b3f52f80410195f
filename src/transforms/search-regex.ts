import { ToolError } from "../errors/tool.ts"
import { linearPattern } from "../schema/linear-regex.ts"
import type { Fuel, TestPattern } from "../schema/pattern.ts"
import type { Tool as WireTool } from "../spec/index.ts"
import type { Found, ToolFinder } from "./search-index.ts"
import { textsOf } from "./tool-texts.ts"

/** Steps of one search, some tenths of a second: a pattern comes from whoever talks to the model. */
const mostSteps = 15_000_000

/** Finds by a regular expression, whatever the case. Those with a match in the name come first. */
export const patternFinder: ToolFinder = {
  async find(tools, pattern, max): Promise<Found> {
    const test = testOf(pattern)
    const fuel: Fuel = { fuel: mostSteps }
    const byName: WireTool[] = []
    const others: WireTool[] = []
    for (const tool of tools) {
      const { name, ...rest } = textsOf(tool)
      if (test(name, fuel)) byName.push(tool)
      else if (Object.values(rest).some((text) => test(text, fuel))) others.push(tool)
      if (fuel.fuel < 0)
        throw new ToolError("The pattern takes too long over this many tools.", {
          fix: "Give a shorter one, with fewer repetitions.",
        })
    }
    const all = [...byName, ...others]
    return { tools: all.slice(0, max), count: all.length }
  },
}

function testOf(pattern: string): TestPattern {
  const native = nativeOf(pattern)
  // Without repetitions and groups the native engine cannot be made to take long.
  if (!/[*+?{(]/.test(pattern))
    return (text, fuel) => {
      fuel.fuel -= text.length
      return native.test(text)
    }
  const compiled = linearPattern(pattern, native.flags)
  if ("problem" in compiled) throw invalid(pattern, `it ${compiled.problem}`)
  return compiled.test
}

function nativeOf(pattern: string): RegExp {
  try {
    return new RegExp(pattern, "iu")
  } catch {
    // Older syntax, such as `[\w-.]`, may still read it.
    try {
      return new RegExp(pattern, "i")
    } catch (error) {
      throw invalid(pattern, error instanceof Error ? error.message : String(error))
    }
  }
}

function invalid(pattern: string, problem: string): ToolError {
  return new ToolError(`The pattern \`${pattern}\` cannot be used: ${problem}.`, {
    fix: "Give a regular expression of JavaScript without look-behind and references, or a plain word.",
  })
}
