import { clip } from "../shared/clip.ts"
import { FleetError } from "./fleet-error.ts"

/** How much of a template a message shows. */
const longest = 200

/**
 * A resource URI or URI template breaks the rules of RFC 3986 or RFC 6570, or uses what is not supported.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6570
 */
export class InvalidUriTemplate extends FleetError {
  readonly code = "FLEET-04"
  /** The text that was given, shortened when it is long. */
  readonly template: string
  constructor(template: string, problem: string, fix: string) {
    const shown = clip(template, longest)
    super(`\`${shown}\` cannot be a resource URI or template: ${problem}.`, { fix })
    this.template = shown
  }
}

/** How the parameters of a handler or schema and the variables of a template can disagree. */
export type TemplateDisagreement =
  /** The handler or schema has a parameter that the template does not have. */
  | { readonly kind: "unknown-parameter"; readonly parameter: string; readonly near?: string | undefined }
  /** The template has a variable that the schema does not have. */
  | { readonly kind: "unknown-variable"; readonly variable: string; readonly near?: string | undefined }
  /** The schema requires what the template gives only when the URI has that query parameter. */
  | { readonly kind: "required-but-optional"; readonly parameter: string }

/** The parameters of a handler or schema are not the variables of its URI template. */
export class TemplateMismatch extends FleetError {
  readonly code = "FLEET-05"
  constructor(template: string, disagreement: TemplateDisagreement) {
    super(disagreementText(clip(template, longest), disagreement), { fix: disagreementFix(disagreement) })
  }
}

/** A URI template was given a value for a variable that no matching URI can carry. */
export class InvalidTemplateValue extends FleetError {
  readonly code = "INVALID_TEMPLATE_VALUE"
  constructor(template: string, problem: string, fix: string) {
    super(`\`${clip(template, longest)}\` cannot be expanded: ${problem}.`, { fix })
  }
}

function disagreementText(template: string, disagreement: TemplateDisagreement): string {
  switch (disagreement.kind) {
    case "unknown-parameter":
      return `The parameter \`${disagreement.parameter}\` is no variable of the template \`${template}\`.`
    case "unknown-variable":
      return `The template \`${template}\` has the variable \`${disagreement.variable}\`, which no parameter takes.`
    case "required-but-optional":
      return `The parameter \`${disagreement.parameter}\` is required, but \`${template}\` has it only as an optional query variable.`
  }
}

function disagreementFix(disagreement: TemplateDisagreement): string {
  switch (disagreement.kind) {
    case "unknown-parameter":
      return disagreement.near === undefined
        ? `Add \`{${disagreement.parameter}}\` to the template, or remove the parameter.`
        : `Did you mean \`${disagreement.near}\`?`
    case "unknown-variable":
      return disagreement.near === undefined
        ? `Add \`${disagreement.variable}\` to the schema, or remove it from the template.`
        : `Did you mean \`${disagreement.near}\`?`
    case "required-but-optional":
      return "Make it optional or give it a default, or move the variable into the path."
  }
}
