import { until } from '../until.js';
import type { BillingScenario } from './billing-scenario.js';
import { demand } from './scenario-helpers.js';
import type { Line } from './scenario-types.js';

export const eur = (amount: string) => ({ amount, currency: 'EUR' });

export interface ChargeRow {
  name: string;
  amount: string;
  cost: string;
  on: string;
  code: number;
  reference: string;
  billed: boolean;
}

/** Amounts beside the seats in a scenario. */
export class ChargeScenario {
  #count = 0;

  constructor(readonly billing: BillingScenario) {}

  azurePlan(unitsBefore = 1): Promise<Line> {
    return this.billing.line({ unitsBefore, kind: 'azurePlan', unitPrice: '0', unitCost: '0' });
  }

  /** Maps the line's subscription to another contract of its company, which is like its own but for these members. */
  async moved(line: Line, changes: object = {}): Promise<Line> {
    const contracts = this.billing.database.table('Contracts');
    const { id: _, ...row } = contracts.get(line.contractId) ?? { id: 0 };
    const { id } = contracts.insert({ ...row, contractName: 'Next', contractNumber: 'next', ...changes });
    await this.billing.pullAll();
    const moved = { ...line, contractId: id };
    await this.billing.map(moved);
    await this.billing.settled(moved);
    return moved;
  }

  /** Records usage of October, or what else it is. */
  async record(
    line: Line,
    amount: string,
    changes: object = {},
  ): Promise<{ id: string; description: string }> {
    this.#count += 1;
    const body = {
      id: `amount-${this.#count}`,
      customerId: line.subscriptionId,
      subscriptionId: line.subscriptionId,
      kind: 'usage',
      description: `Usage ${this.#count}`,
      servicePeriod: { from: '2026-10-01', to: '2026-10-31' },
      quantity: '1',
      unitPrice: eur(amount),
      unitCost: eur(amount),
      ...changes,
    };
    demand(await this.billing.api.post('/charges', body), 201);
    return body;
  }

  /** As the vendor has them. */
  charges(line: Line): ChargeRow[] {
    return this.billing.database
      .table('ContractCharges')
      .where('contractID', line.contractId)
      .map((row) => ({
        name: String(row['name']),
        amount: String(row['billableAmount']),
        cost: String(row['extendedCost']),
        on: String(row['datePurchased']).slice(0, 10),
        code: Number(row['billingCodeID']),
        reference: String(row['internalPurchaseOrderNumber']),
        billed: row['isBilled'] === true,
      }));
  }

  /** Waits until the charges of the line come to an amount, and everything about it is settled. */
  billed(line: Line, total: string): Promise<ChargeRow[]> {
    return until(`charges of ${total}`, async () => {
      if (!(await this.#isSettled(line))) return null;
      const charges = this.charges(line);
      const sum = charges.reduce((amount, charge) => amount + Number(charge.amount), 0);
      return sum.toFixed(2) === total ? charges : null;
    });
  }

  /** What the units of a month come to. */
  monthTotal(line: Line, month: string): string {
    return this.billing
      .units(line)
      .filter(({ startDate }) => startDate.startsWith(month))
      .reduce((sum, { price }) => sum + Number(price), 0)
      .toFixed(2);
  }

  async monthBilled(line: Line, month: string, total: string): Promise<void> {
    await until(`${total} in ${month}`, async () =>
      (await this.#isSettled(line)) && this.monthTotal(line, month) === total ? true : null,
    );
  }

  async #isSettled(line: Line): Promise<boolean> {
    const [{ due } = { due: 0 }] = await this.billing.connector.rows<{ due: number }>(
      'SELECT count(*)::int AS due FROM psa_connector.billing_charge_due',
    );
    const operations = await this.billing.operations(line);
    return due === 0 && !operations.some(({ state }) => ['pending', 'sending', 'verifying'].includes(state));
  }
}
