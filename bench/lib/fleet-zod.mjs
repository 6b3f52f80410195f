/** The FleetMCP server with schemas of zod, as most users write them. */
import * as z from "zod"
import { fleet } from "./fleet.mjs"
import { toZod } from "./zod.mjs"

export const fleetWithZod = () => fleet({ toInput: (schema) => z.object(toZod(z, schema)) })
