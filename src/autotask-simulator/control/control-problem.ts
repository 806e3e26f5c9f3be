/** One thing wrong with a control request: `pointer` names the member (JSON pointer) or the query parameter. */
export interface ProblemDetail {
  readonly pointer?: string;
  readonly detail: string;
}

/** A refused control request: its status and, for bad input, what is wrong where. */
export class ControlProblem extends Error {
  constructor(
    readonly status: number,
    detail: string,
    readonly errors: readonly ProblemDetail[] = [],
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(detail);
    this.name = 'ControlProblem';
  }
}

/** The refusal of one member of a body (422), by its JSON pointer. */
export function badMember(pointer: string, detail: string): ControlProblem {
  return new ControlProblem(422, `The value of '${pointer}' cannot be used: ${detail}.`, [
    { pointer, detail },
  ]);
}

export function notFound(detail: string): ControlProblem {
  return new ControlProblem(404, detail);
}
