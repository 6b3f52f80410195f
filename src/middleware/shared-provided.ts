import { componentKey } from "../components/component.ts"
import type { Tool } from "../components/tool.ts"
import type { MiddlewareServer } from "../server/middleware-view.ts"
import type { Provider, Resolved } from "../server/provider.ts"
import { wholeScope } from "../server/snapshot.ts"
import { attempt } from "../shared/maybe-promise.ts"

/** Tools that middleware brings to a server. */
interface Brought {
  /** Who brings them, for the log: `injectTools()`. */
  readonly by: string
  readonly tools: readonly Tool[]
}

/** Adds tools to a server. Where it has one of the same name and version, that one stays, and the log says so. */
export function provideTools(server: MiddlewareServer, { by, tools }: Brought): void {
  const entries = tools.map((component): Resolved<"tool"> => {
    return { component, owner: by, invoke: component.invoke }
  })
  const warned = new Set<Tool>()
  let isDue = false
  const provider: Provider = {
    name: by,
    list(kind) {
      if (kind !== "tool") return []
      if (!isDue) {
        isDue = true
        // The list is being made, of this and those of others.
        queueMicrotask(() => {
          isDue = false
          // A provider may throw: nobody would catch it here, and it would end the process.
          attempt(warn, (error) =>
            server.log({ level: "error", message: `Error in a provider beside \`${by}\``, error }),
          )
        })
      }
      // Of the kind that was asked for.
      return entries as readonly Resolved[] as never
    },
    onChange: () => () => undefined,
  }
  server.provide(provider)

  function warn(): void {
    const taken = takenNames()
    for (const component of tools) {
      if (warned.has(component) || !taken.has(componentKey(component))) continue
      warned.add(component)
      const message = `The tool \`${component.name}\` of \`${by}\` is not offered: the server has one of that name itself.`
      server.log({ level: "warning", message })
    }
  }

  /** What those before this have. Those that must be waited for come behind all others. */
  function takenNames(): ReadonlySet<string> {
    const taken = new Set<string>()
    for (const other of server.providers) {
      if (other === provider) break
      const list = other.list("tool", wholeScope)
      if (list instanceof Promise) list.catch(() => undefined)
      else for (const { component } of list) taken.add(componentKey(component))
    }
    return taken
  }
}
