import { FleetError } from "./fleet-error.ts"

/** A storage takes no more requests for now. */
export class StorageThrottled extends FleetError {
  readonly code = "STORAGE_THROTTLED"
  /** `server` names it, such as "Workers KV". */
  constructor(server: string, cause: unknown) {
    super(`${server} takes no more requests for now.`, {
      fix: "Raise its capacity, write less often to the same key, and try again later.",
      cause,
    })
  }
}

/** A table in DynamoDB does not exist, or has other keys. */
export class MissingTable extends FleetError {
  readonly code = "MISSING_TABLE"
  constructor(table: string, cause: unknown) {
    super(`DynamoDB has no table \`${table}\` whose keys are the texts \`pk\` and \`sk\`.`, {
      fix: `Create it: \`aws dynamodb create-table --table-name ${table} --billing-mode PAY_PER_REQUEST --attribute-definitions AttributeName=pk,AttributeType=S AttributeName=sk,AttributeType=S --key-schema AttributeName=pk,KeyType=HASH AttributeName=sk,KeyType=RANGE\`.`,
      cause,
    })
  }
}
