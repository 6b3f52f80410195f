import type { NodeListener } from "#node"
import type { Endpoint } from "./endpoint.ts"

type NodeModule = typeof import("#node")

let loaded: NodeModule | undefined

/** Loads what serves `node:http`, which servers on stdio and in workers start without. */
export async function loadNode(): Promise<NodeModule> {
  loaded = await import("#node")
  return loaded
}

/**
 * Makes the listener of `node:http` for an endpoint, and loads what it needs meanwhile.
 *
 * @param endpoint Gives the endpoint for each request, so that it can be replaced.
 */
export function createLazyListener(endpoint: () => Endpoint): NodeListener {
  // Whoever sends the first request hears of what goes wrong.
  const loading = loadNode()
  loading.catch(ignore)
  let made: { readonly endpoint: Endpoint; readonly listen: NodeListener } | undefined
  const listenerOf = ({ createNodeListener }: NodeModule): NodeListener => {
    const current = endpoint()
    if (made?.endpoint !== current) made = { endpoint: current, listen: createNodeListener(current) }
    return made.listen
  }
  return (req, res) => {
    if (loaded !== undefined) {
      listenerOf(loaded)(req, res)
      return
    }
    // An error event that nobody listens to would end the process.
    req.on("error", ignore)
    res.on("error", ignore)
    const { url } = req
    loading
      .then((node) => {
        // As it was when this was called: who mounts us under a prefix may have put it back.
        if (url !== undefined) req.url = url
        listenerOf(node)(req, res)
      })
      .catch(async (error) => {
        // Loaded when it is needed: nearly no server says that it could not be loaded.
        const { failureAnswer } = await import("./answer.ts")
        const { status, headers, body } = failureAnswer(endpoint(), error)
        if (res.headersSent) res.destroy()
        else res.writeHead(status, headers).end(body)
      })
      .catch(() => res.destroy())
  }
}

function ignore(): void {
  // It is told where it matters.
}
