import { existsSync } from "node:fs"

/** Where the built package is; another build can be measured by naming its folder, as a file URL, in `FLEETMCP_DIST`. */
export const DIST = process.env.FLEETMCP_DIST ?? new URL("../../dist/", import.meta.url).href

/** What a program on Node has when it imports the package: builds made before its own entry have the common one. */
export const ENTRY = [`${DIST}node.js`, `${DIST}index.js`].find((file) => existsSync(new URL(file)))
