import { type Completer, type Completers, runCompleter } from "../components/completion.ts"
import type { Component } from "../components/component.ts"
import type { Context } from "../components/context.ts"
import { InvalidParams } from "../errors/protocol.ts"
import { ResourceNotFound } from "../errors/resource-not-found.ts"
import { UnknownPrompt } from "../errors/unknown-name.ts"
import type { Call, Outcome } from "../protocol/call.ts"
import { clip } from "../shared/clip.ts"
import { nearestName } from "../shared/nearest-name.ts"
import { type Core, scopeOf } from "./core.ts"
import { throwReported } from "./handler-error.ts"
import { runHandler } from "./run-handler.ts"
import { assertScopes } from "./step-up.ts"
import type { Owner } from "./watch.ts"

/** Finds what completes an argument and runs it; the parameters were checked by the method. */
export async function completeArgument(core: Core, call: Call): Promise<Outcome> {
  const { owner, completers, names } = await target(core, call)
  // `check` let only strings pass.
  const { name, value } = call.params.argument as { readonly name: string; readonly value: string }
  if (!names.includes(name)) {
    const near = nearestName(name, names)
    const advice = near === undefined ? "" : ` Did you mean \`${near}\`?`
    throw new InvalidParams(`There is no argument \`${clip(name)}\`.${advice}`)
  }
  const completer = Object.hasOwn(completers, name) ? completers[name] : undefined
  return runHandler({
    core,
    call,
    owner,
    invoke: runOne,
    input: { completer, value, call },
    fail,
  })
}

interface CompletionInput {
  readonly completer: Completer | undefined
  readonly value: string
  readonly call: Call
}

async function runOne({ completer, value, call }: CompletionInput, ctx: Context): Promise<object> {
  return { completion: await runCompleter(completer, value, { arguments: filledIn(call), ctx }) }
}

function fail(core: Core, call: Call, error: unknown): never {
  throwReported(core, error, { call, doing: "completing an argument" })
}

interface Target {
  readonly owner: Owner
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
    return {
      owner: completing(found.component),
      completers,
      names: (definition.arguments ?? []).map(({ name }) => name),
    }
  }
  if (ref.type === "ref/resource" && typeof ref.uri === "string") {
    const found = await core.catalog.find("template", ref.uri, scopeOf(call))
    if (found !== undefined) {
      assertScopes(core, call, found.component)
      const { completers, uriTemplate } = found.component
      return {
        owner: completing(found.component),
        completers,
        names: uriTemplate.variables.map(({ name }) => name),
      }
    }
    // A plain resource is a good reference, only without anything to complete.
    const plain = await core.catalog.find("resource", ref.uri, scopeOf(call))
    if (plain !== undefined) return { owner: completing(plain.component), completers: {}, names: [] }
    throw new ResourceNotFound(ref.uri)
  }
  throw new InvalidParams("`ref` must be a `ref/prompt` with a `name` or a `ref/resource` with a `uri`.")
}

/** Gives the same owner for the same component, so that what is known of its completers is known by it. */
function completing(component: Component): Owner {
  let owner = owners.get(component)
  if (owner === undefined) {
    owner = { kind: `a completer of ${component.kind}`, id: component.id, timeout: undefined }
    owners.set(component, owner)
  }
  return owner
}

const owners: WeakMap<Component, Owner> = /* @__PURE__ */ new WeakMap()

function filledIn(call: Call): { readonly [name: string]: string } {
  // `check` let only an object of strings pass.
  const context = call.params.context as
    | { readonly arguments?: { readonly [name: string]: string } }
    | undefined
  return context?.arguments ?? {}
}
