import { type Completer, type Completers, runCompleter } from "../../components/completion.ts"
import type { Context } from "../../components/context.ts"
import { InvalidParams } from "../../errors/protocol.ts"
import { ResourceNotFound, UnknownPrompt } from "../../errors/server.ts"
import type { Call } from "../../protocol/call.ts"
import { isObject, type Params } from "../../protocol/jsonrpc.ts"
import type { Method } from "../../protocol/method.ts"
import { type Core, scopeOf } from "../core.ts"
import { throwReported } from "../handler-error.ts"
import { runHandler } from "../run-handler.ts"
import { assertScopes } from "../step-up.ts"

/**
 * `completion/complete`: suggests values for the argument of a prompt or the variable of a template.
 *
 * @see S28/server/utilities/completion
 */
export function complete(core: Core): Method {
  return {
    name: "completion/complete",
    isOffered: () => core.capabilities().completions !== undefined,
    check: checkParams,
    async run(call) {
      const { completers, names } = await target(core, call)
      // `check` let only strings pass.
      const { name, value } = call.params.argument as { readonly name: string; readonly value: string }
      if (!names.includes(name)) throw new InvalidParams(`There is no argument \`${name.slice(0, 100)}\`.`)
      const completer = Object.hasOwn(completers, name) ? completers[name] : undefined
      return runHandler({
        core,
        call,
        timeout: undefined,
        invoke: runOne,
        input: { completer, value, call },
        fail,
      })
    },
  }
}

interface CompletionInput {
  readonly completer: Completer | undefined
  readonly value: string
  readonly call: Call
}

async function runOne({ completer, value, call }: CompletionInput, ctx: Context): Promise<object> {
  return { completion: await runCompleter(completer, value, { arguments: filledIn(call), ctx }) }
}

function fail(core: Core, _call: Call, error: unknown): never {
  throwReported(core, error, "completing an argument")
}

interface Target {
  readonly completers: Completers
  readonly names: readonly string[]
}

async function target(core: Core, call: Call): Promise<Target> {
  const ref = call.params.ref as { readonly type: string; readonly name?: unknown; readonly uri?: unknown }
  if (ref.type === "ref/prompt" && typeof ref.name === "string") {
    const found = await core.catalog.find("prompt", ref.name, scopeOf(call))
    if (found === undefined) throw new UnknownPrompt(ref.name)
    assertScopes(core, call, found.component)
    const { completers, definition } = found.component
    return { completers, names: (definition.arguments ?? []).map(({ name }) => name) }
  }
  if (ref.type === "ref/resource" && typeof ref.uri === "string") {
    const found = await core.catalog.find("template", ref.uri, scopeOf(call))
    if (found !== undefined) {
      assertScopes(core, call, found.component)
      const { completers, uriTemplate } = found.component
      return { completers, names: uriTemplate.variables.map(({ name }) => name) }
    }
    // A plain resource is a good reference, only without anything to complete.
    if ((await core.catalog.find("resource", ref.uri, scopeOf(call))) !== undefined)
      return { completers: {}, names: [] }
    throw new ResourceNotFound(ref.uri)
  }
  throw new InvalidParams("`ref` must be a `ref/prompt` with a `name` or a `ref/resource` with a `uri`.")
}

function filledIn(call: Call): { readonly [name: string]: string } {
  // `check` let only an object of strings pass.
  const context = call.params.context as
    | { readonly arguments?: { readonly [name: string]: string } }
    | undefined
  return context?.arguments ?? {}
}

function checkParams({ ref, argument, context }: Params): string | undefined {
  if (!isObject(ref) || typeof ref.type !== "string") return "`ref` must be an object with a `type`."
  const isGood = isObject(argument) && typeof argument.name === "string" && typeof argument.value === "string"
  if (!isGood) return "`argument` must be an object with the strings `name` and `value`."
  return isContext(context) ? undefined : "`context.arguments` must be an object of strings."
}

function isContext(context: unknown): boolean {
  if (context === undefined) return true
  if (!isObject(context)) return false
  const { arguments: args } = context
  if (args === undefined) return true
  return isObject(args) && Object.values(args).every((value) => typeof value === "string")
}
