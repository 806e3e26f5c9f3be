import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import type { Transaction } from '../../kernel/transaction.js';
import { PSA_CONNECTOR_DATA_SOURCE } from '../../platform/persistence/data-source.js';
import { rowsOf } from '../../platform/persistence/sql.js';
import { managerOf } from '../../platform/persistence/transaction-runner.js';
import type { BillingPlan } from '../domain/billing-plan.js';
import type { CompensationStore } from '../domain/compensation-store.js';

type Approvals = BillingPlan['approvals'];

@Injectable()
export class CompensationRepository implements CompensationStore {
  constructor(@InjectDataSource(PSA_CONNECTOR_DATA_SOURCE) private readonly dataSource: DataSource) {}

  async compensationOf(operationId: string, tx?: Transaction): Promise<string | null> {
    const [row] = await rowsOf<{ id: string }>(
      tx === undefined ? this.dataSource.manager : managerOf(tx),
      `SELECT id FROM billing_operation WHERE compensates_id = $1 AND state <> 'dismissed'`,
      [operationId],
    );
    return row?.id ?? null;
  }

  async approvals(tx: Transaction, operationId: string): Promise<Approvals> {
    const [row] = await rowsOf<{ approvals: Approvals }>(
      managerOf(tx),
      'SELECT compensation_approvals AS approvals FROM billing_operation WHERE id = $1 FOR UPDATE',
      [operationId],
    );
    return row?.approvals ?? [];
  }

  async saveApprovals(tx: Transaction, operationId: string, approvals: Approvals): Promise<void> {
    await rowsOf(managerOf(tx), 'UPDATE billing_operation SET compensation_approvals = $2 WHERE id = $1', [
      operationId,
      JSON.stringify(approvals),
    ]);
  }
}
