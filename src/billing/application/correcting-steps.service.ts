import { Inject, Injectable } from '@nestjs/common';
import type { Connection } from '../../connections/domain/connection.js';
import type { LocalDate } from '../../kernel/local-date.js';
import type { PsaSession } from '../../ports/psa/psa-session.port.js';
import { NotCompensableError } from '../domain/billing.errors.js';
import { type BillingLine, LINE_STORE, type LineStore } from '../domain/billing-line.js';
import type { DriftFinding } from '../domain/drift.js';
import type { PresentLine } from '../domain/former-line.js';
import type { PlanStep } from '../domain/plan-step.js';
import { correctingStep } from '../domain/restoring-step.js';
import { internalCurrencyOf } from './contract-reader.service.js';
import { Planning } from './planning.service.js';

/** Reckons what corrects a drift finding from what the PSA has now. */
@Injectable()
export class CorrectingSteps {
  constructor(
    private readonly planning: Planning,
    @Inject(LINE_STORE) private readonly lines: LineStore,
  ) {}

  /** @throws NotCompensableError and what reading the PSA raises */
  async stepFor(
    connection: Connection,
    session: PsaSession,
    finding: DriftFinding,
    line: BillingLine,
    today: LocalDate,
  ): Promise<PlanStep> {
    const now = await this.planning.lineNow(connection, session, line, today);
    const present =
      finding.cause === 'left' ? await this.presentLine(connection, session, line, today) : null;
    const currencies = { currency: connection.currency, costCurrency: internalCurrencyOf(connection) };
    return correctingStep(finding, line, { ...now, present }, currencies, today);
  }

  /** What the subscription of a line feeds now; null: nothing of the connection that the PSA has. */
  private async presentLine(
    connection: Connection,
    session: PsaSession,
    { tenantId, subscriptionId }: BillingLine,
    today: LocalDate,
  ): Promise<PresentLine | null> {
    const line = await this.lines.findMapped(tenantId, subscriptionId);
    if (line?.connectionId !== connection.id || line.lineExternalId === null) return null;
    try {
      const { own } = await this.planning.lineNow(connection, session, line, today);
      return { line, own };
    } catch (error) {
      if (error instanceof NotCompensableError) return null;
      throw error;
    }
  }
}
