/** Where the built package is; another build can be measured by naming its folder, as a file URL, in `FLEETMCP_DIST`. */
export const DIST = process.env.FLEETMCP_DIST ?? new URL("../../dist/", import.meta.url).href
