import { describe, expect, it, onTestFinished, vi } from "vitest"
import { proxy } from "../../src/providers/proxy.ts"
import { opened } from "../support/connecting.ts"
import { quietServer } from "../support/server.ts"

const eras = ["session", "stateless"] as const

describe.each(eras)("an update of a resource of a %s upstream", (backend) => {
  it.each(eras)("reaches a %s client that subscribed, and no more once it left", async (frontend) => {
    const upstream = quietServer()
    upstream.resource("data://rate", () => 1)
    upstream.resource("rates://{of}/now", () => 1)
    const front = quietServer()
    front.mount(proxy(upstream, { era: backend, log: () => undefined }), { prefix: "up" })
    onTestFinished(() => front.close())
    const heard: unknown[] = []
    const onNotification = ({ method, params }: { readonly method: string; readonly params: object }) => {
      if (method === "notifications/resources/updated") heard.push((params as { readonly uri: string }).uri)
    }
    const connection = await opened(front, { era: frontend, onNotification })
    const uris = ["data://up/rate", "rates://up/eur/now"]
    const controller = new AbortController()
    if (frontend === "session") {
      for (const uri of uris) await connection.request("resources/subscribe", { uri })
    } else {
      connection
        .request(
          "subscriptions/listen",
          { notifications: { resourceSubscriptions: uris } },
          { signal: controller.signal, onNotification },
        )
        .catch(() => undefined)
    }
    await vi.waitFor(() => {
      upstream.resourceUpdated("data://rate")
      upstream.resourceUpdated("rates://eur/now")
      expect(new Set(heard)).toEqual(new Set(uris))
    })
  })
})
