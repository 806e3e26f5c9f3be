/** Raised when the vendor would refuse a request for a business reason: HTTP 500 with `{"errors":[…]}`. */
export class AutotaskRefusal extends Error {
  constructor(...errors: [string, ...string[]]) {
    super(errors.join(' '));
    this.name = 'AutotaskRefusal';
    this.errors = errors;
  }

  readonly errors: readonly string[];
}
