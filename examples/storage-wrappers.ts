// #region stack
import { FleetMCP } from "fleetmcp"
import {
  cached,
  compressed,
  encrypted,
  fallback,
  limited,
  logged,
  memoryStorage,
  readOnly,
  retried,
  scoped,
  ttl,
} from "fleetmcp/storage"

const secret = process.env.STORAGE_SECRET ?? "of this example only, and no secret"

// From the inside out: what lies in memory is encrypted, was compressed before, and is gone after a day.
export const storage = ttl(compressed(encrypted(memoryStorage(), { secrets: [secret] })), { max: 86_400_000 })

export default new FleetMCP("Notes", { storage })
// #endregion

// #region far
export const far = memoryStorage() // think of a server that is now and then away
export const events: string[] = []

const patient = retried(
  logged(far, ({ operation, key, outcome }) => events.push(`${operation} ${key} ${outcome}`)),
  { attempts: 5 },
)
export const profiles = cached(fallback(patient, memoryStorage()), { ttl: 5000 })
// #endregion

// #region bounds
export const shared = memoryStorage()
export const drafts = limited(scoped(shared, "drafts"), { maxValueBytes: 64 * 1024 })
export const published = readOnly(drafts)
// #endregion
