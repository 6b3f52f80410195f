/** npm `fastmcp` over its own HTTP stream, JSON answers (events where the row streams). Wire: 2025-11-25, one session. */
import { LEGACY_PROTOCOL } from "../lib/catalog.mjs"
import { config, ready } from "../lib/child.mjs"
import { buildFastMCP } from "../lib/fastmcp.mjs"

const httpStream = { port: config.port, host: "127.0.0.1", enableJsonResponse: !config.stream }
await buildFastMCP().start({ transportType: "httpStream", httpStream })
ready({ wire: LEGACY_PROTOCOL })
