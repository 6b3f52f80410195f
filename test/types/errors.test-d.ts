import { type AnyFleetError, type FleetError, FleetMCP, isFleetError } from "fleetmcp"
import { same } from "./same.ts"

const mcp = new FleetMCP("types")

try {
  await mcp.run({ transport: "http" })
} catch (error) {
  if (isFleetError(error)) tell(error)
}

// The code tells which failure it is, and which fields it has.

function tell(error: AnyFleetError): void {
  switch (error.code) {
    case "FLEET-10":
      same<number>()(error.port)
      same<number | undefined>()(error.freePort)
      break
    case "RESOURCE_NOT_FOUND":
      same<string>()(error.data.uri)
      break
    case "CALL_ABORTED":
      same<"cancel" | "disconnect" | "timeout" | "shutdown" | "suspended">()(error.reason)
      break
    // @ts-expect-error There is no such code.
    case "NO_SUCH_CODE":
      break
    default:
      // @ts-expect-error Only the one who knows the code knows its fields.
      error.port
  }
}

// Every code is a literal, and every class is a `FleetError`.

same<false>()(null as unknown as string extends AnyFleetError["code"] ? true : false)
const base = (error: AnyFleetError): FleetError => error
base satisfies (error: AnyFleetError) => { readonly fix: string | undefined }

type PortInUse = Extract<AnyFleetError, { code: "FLEET-10" }>
same<number>()((null as unknown as PortInUse).port)
