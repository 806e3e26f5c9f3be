import { ConnectorError } from '../../kernel/connector-error.js';

/** The month was closed before; what is closed stays as it is. */
export class MonthClosedError extends ConnectorError {
  constructor(month: string) {
    super({
      code: 'reconciliation.month_closed',
      category: 'conflict',
      detail: `The month ${month} is closed already. What has changed since then is shown with it; bill it in an open month.`,
    });
  }
}

/** A month can be closed when its last day has passed everywhere (UTC). */
export class MonthNotOverError extends ConnectorError {
  constructor(month: string) {
    super({
      code: 'reconciliation.month_not_over',
      category: 'conflict',
      detail: `The month ${month} is not over yet; close it when its last day has passed (UTC).`,
    });
  }
}

/** What the report was made from kept changing while the month was being closed. */
export class ReportChangedError extends ConnectorError {
  constructor() {
    super({
      code: 'reconciliation.report_changed',
      category: 'conflict',
      detail:
        'The report was made anew while the month was being closed; look at it and close the month again.',
    });
  }
}

/** The month of the request is none. */
export class InvalidMonthError extends ConnectorError {
  constructor() {
    const detail = 'must be a month such as 2026-11';
    super({
      code: 'reconciliation.invalid_month',
      category: 'invalid_input',
      detail: `The month ${detail}.`,
      extensions: { errors: [{ pointer: '/month', detail }] },
    });
  }
}

/** None of the findings can be put right by a plan. */
export class NotFixableError extends ConnectorError {
  constructor(detail: string) {
    super({ code: 'reconciliation.not_fixable', category: 'invalid_input', detail });
  }
}

/** The report has no such findings (any more). */
export class FindingNotFoundError extends ConnectorError {
  constructor(ids: readonly string[]) {
    super({
      code: 'reconciliation.finding_not_found',
      category: 'not_found',
      detail: `The report has no finding ${ids.join(', ')}; it may have been settled meanwhile. Load the report again.`,
    });
  }
}
