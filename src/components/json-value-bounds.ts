/** How deep a returned value may nest. */
export const MAX_JSON_DEPTH: number = 256
/** How many values (members and items at every level) a returned value may hold. */
export const MAX_JSON_NODES: number = 1_000_000
