import type { Decimal } from 'decimal.js';
import {
  type AutotaskDatabase,
  MULTI_CURRENCY_CI,
  seedCspWorld,
} from '../../../src/autotask-simulator/testing.js';
import type { OperationResponse } from '../../../src/billing/http/billing-response.js';
import type { PoliciesJson } from '../../../src/connections/domain/connection-policies.js';
import { MoneyDecimal } from '../../../src/kernel/money.js';
import type { Page } from '../../../src/kernel/page.js';
import { AFTER_PULL_QUEUE } from '../../../src/sync/application/sync-queue.js';
import { type Connector, startConnector } from '../connector.js';
import { until } from '../until.js';
import { NOW, ScenarioClock, scenarioTime } from './scenario-clock.js';
import { demand, useCurrency } from './scenario-helpers.js';
import { ScenarioPushes } from './scenario-pushes.js';
import type { Line, LineOptions, SubscriptionBody, UnitRow } from './scenario-types.js';

const MONTHLY = 2;
const RECURRING = 7;

/** A connected instance in which each test has a line of its own. */
export class BillingScenario extends ScenarioPushes {
  #count = 0;

  private constructor(
    connector: Connector,
    connectionId: string,
    readonly currency: string,
  ) {
    super(connector, connectionId);
  }

  static async start(
    policies: Partial<PoliciesJson> = { applyMode: 'automatic' },
    currency = 'EUR',
  ): Promise<BillingScenario> {
    const world = seedCspWorld(NOW, { companies: 6 });
    useCurrency(world.database(MULTI_CURRENCY_CI), currency);
    const simulator = { world, now: scenarioTime, controlPort: 0 };
    const connector = await startConnector({ simulator, clock: ScenarioClock });
    const { id } = await connector.connect({ currency });
    const scenario = new BillingScenario(connector, id, currency);
    await scenario.setPolicies(policies);
    return scenario;
  }

  /** The same host with another connection to the same instance. @param first number of its lines, so that no two have one name */
  async beside(currency: string, first: number): Promise<BillingScenario> {
    useCurrency(this.database, currency);
    const { id } = await this.connector.connect({ alias: `Beside ${first}`, currency });
    const scenario = new BillingScenario(this.connector, id, currency);
    scenario.#count = first;
    await scenario.setPolicies({ applyMode: 'automatic' });
    await scenario.#pull();
    return scenario;
  }

  get database(): AutotaskDatabase {
    return this.simulator.world.database(MULTI_CURRENCY_CI);
  }

  async setPolicies(policies: Partial<PoliciesJson> | { secondApproverAbove: null }): Promise<void> {
    const answer = await this.api.patch(`/connections/${this.connectionId}`, { policies });
    demand(answer, 200);
  }

  /** Makes a company, a service and a contract in Autotask, pulls them, and maps a subscription to them. */
  async line(options: LineOptions = {}): Promise<Line> {
    const line = await this.unmappedLine(options);
    await this.map(line);
    await this.settled(line);
    return line;
  }

  async unmappedLine(options: LineOptions = {}): Promise<Line> {
    this.#count += 1;
    const name = `line-${this.#count}`;
    const { contractId, serviceId } = await this.#inAutotask(name, options);
    await this.#pull();
    const body = this.#body(name, options);
    const { customerId } = body;
    const customer = { name: `Customer ${customerId}` };
    demand(await this.api.send('PUT', `/customers/${customerId}`, customer), 200, 201);
    demand(await this.api.send('PUT', `/subscriptions/${name}`, body), 200, 201);
    const line = { subscriptionId: name, body, contractId, serviceId, connectionId: this.connectionId };
    await this.mapCustomerAndOffer(line);
    return line;
  }

  /** What a subscription has to have before it is mapped. */
  async mapCustomerAndOffer({ body, contractId, serviceId }: Line): Promise<void> {
    const companyId = this.database.table('Contracts').get(contractId)?.['companyID'];
    const path = `/connections/${this.connectionId}`;
    const customer = { customerId: body.customerId, companyId: String(companyId) };
    demand(await this.api.send('PUT', `${path}/customer-mappings`, customer), 200, 201);
    const { productId, skuId, segment, term, billingCycle } = body.offer;
    const offer = { productId, skuId, segment, term, billingCycle };
    demand(
      await this.api.send('PUT', `${path}/offer-mappings`, { offer, serviceId: String(serviceId) }),
      200,
      201,
    );
  }

  /** A further subscription of the same customer and offer, for the same contract; not mapped yet. */
  async anotherOn(line: Line, quantity: number): Promise<Line> {
    const subscriptionId = `${line.subscriptionId}-more`;
    const body = { ...line.body, quantity, friendlyName: subscriptionId };
    demand(await this.api.send('PUT', `/subscriptions/${subscriptionId}`, body), 200, 201);
    return { ...line, subscriptionId, body };
  }

  async map(line: Line): Promise<void> {
    const { subscriptionId, contractId } = line;
    demand(
      await this.api.send('PUT', `/connections/${this.connectionId}/subscription-mappings`, {
        subscriptionId,
        contractId: String(contractId),
      }),
      200,
      201,
    );
  }

  /** Records a change of the subscription. */
  async change(line: Line, changes: Partial<SubscriptionBody>): Promise<void> {
    line.body = { ...line.body, effectiveOn: '2026-11-25', ...changes };
    demand(await this.api.send('PUT', `/subscriptions/${line.subscriptionId}`, line.body), 200, 201);
  }

  async operations({ subscriptionId }: Pick<Line, 'subscriptionId'>): Promise<OperationResponse[]> {
    const answer = await this.api.get<Page<OperationResponse>>(
      `/operations?subscriptionId=${subscriptionId}&limit=200`,
    );
    return demand(answer, 200).items;
  }

  /** Waits until every change and operation of the line has come to its end; gives the operations, oldest first. */
  async settled(line: Pick<Line, 'subscriptionId'>): Promise<OperationResponse[]> {
    return until(`the operations of ${line.subscriptionId}`, async () => {
      const [{ waiting } = { waiting: 0 }] = await this.connector.rows<{ waiting: number }>(
        `SELECT count(*)::int AS waiting FROM psa_connector.billing_change
         WHERE subscription_id = $1 AND state = 'pending' AND hold_reason IS NULL`,
        [line.subscriptionId],
      );
      const operations = await this.operations(line);
      const isOpen = operations.some(({ state }) => ['pending', 'sending', 'verifying'].includes(state));
      return isOpen || waiting > 0 ? null : operations.toReversed();
    });
  }

  /** Unit rows of the line's service, as the vendor has them. */
  units(line: Line): UnitRow[] {
    return this.database
      .table('ContractServiceUnits')
      .where('contractID', line.contractId)
      .filter((row) => row['serviceID'] === line.serviceId)
      .map((row) => ({
        startDate: String(row['startDate']).slice(0, 10),
        endDate: String(row['endDate']).slice(0, 10),
        units: Number(row['units']),
        price: String(row['price']),
        cost: String(row['cost']),
        posted: row['approveAndPostDate'] !== null,
      }))
      .toSorted((left, right) => left.startDate.localeCompare(right.startDate));
  }

  /** Units in force on a day; a later start wins. */
  unitsOn(line: Line, day: string): number | undefined {
    return this.units(line).findLast(({ startDate, endDate }) => startDate <= day && day <= endDate)?.units;
  }

  rowOn(line: Line, day: string): UnitRow | undefined {
    return this.units(line).findLast(({ startDate, endDate }) => startDate <= day && day <= endDate);
  }

  adjustments(line: Line): { effectiveDate: string; unitChange: number }[] {
    return this.database
      .table('ContractServiceAdjustments')
      .where('contractID', line.contractId)
      .map((row) => ({
        effectiveDate: String(row['effectiveDate']).slice(0, 10),
        unitChange: Number(row['unitChange']),
      }))
      .toSorted((left, right) => left.effectiveDate.localeCompare(right.effectiveDate));
  }

  /** Pulls everything, and waits until it is stored and what follows from it is done. */
  pullAll(): Promise<void> {
    return this.#pull('full');
  }

  /** To the end of what it causes: what it plans would be in the way of what the test changes next. */
  async #pull(mode?: 'full'): Promise<void> {
    const { id } = await this.#startPull(mode);
    await this.connector.runToItsEnd(id);
    await until('what follows the pull', async () => {
      const open = await this.connector.rows(
        `SELECT 1 FROM psa_connector_queue.job WHERE name = $1 AND state IN ('created', 'retry', 'active')`,
        [AFTER_PULL_QUEUE],
      );
      return open.length === 0 ? true : null;
    });
  }

  /** A person approves and posts what starts up to a day. */
  async post(line: Line, lastDay: string): Promise<void> {
    await this.control('POST', '/postings', { until: lastDay, contractID: line.contractId, what: 'units' });
  }

  /** A person adds the service to the contract once more. */
  addLineByHand(line: Line, effectiveDate: string, unitChange: number): Promise<void> {
    return this.control('POST', '/records/ContractServiceAdjustments', {
      contractID: line.contractId,
      serviceID: line.serviceId,
      allowRepeatService: true,
      effectiveDate,
      unitChange,
    });
  }

  /** Internal amount of one unit of the connection's currency. */
  exchangeRate(): Decimal {
    const row = this.database
      .table('Currencies')
      .all()
      .find(({ name }) => name === this.currency);
    return new MoneyDecimal(String(row?.['exchangeRate']));
  }

  /** A person makes an adjustment by hand. */
  async adjustByHand(line: Line, effectiveDate: string, unitChange: number): Promise<void> {
    await this.control('POST', '/records/ContractServiceAdjustments', {
      contractID: line.contractId,
      serviceID: line.serviceId,
      effectiveDate,
      unitChange,
    });
  }

  async control(method: string, path: string, body: unknown): Promise<void> {
    const url = `${this.simulator.controlUrl}/databases/${MULTI_CURRENCY_CI}${path}`;
    const response = await fetch(url, {
      method,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  }

  async stop(): Promise<void> {
    await this.connector.stop();
  }

  /** The run before may just be ending. */
  async #startPull(mode?: 'full'): Promise<{ id: string }> {
    const answer = await until('the start of a pull', async () => {
      const path = `/connections/${this.connectionId}/sync-runs`;
      const started = await this.api.post<{ id: string }>(path, mode === undefined ? undefined : { mode });
      return started.status === 409 ? null : started;
    });
    return demand(answer, 202);
  }

  #body(name: string, options: LineOptions): SubscriptionBody {
    const currency = options.currency ?? this.currency;
    return {
      customerId: options.customerId ?? name,
      offer: {
        productId: name,
        skuId: '0001',
        name: `Offer ${name}`,
        segment: 'commercial',
        term: options.term ?? 'P1Y',
        billingCycle: options.billingCycle ?? 'monthly',
      },
      kind: options.kind ?? 'license',
      quantity: options.quantity ?? options.unitsBefore ?? 5,
      status: 'active',
      startsOn: options.startsOn ?? '2026-01-01',
      commitmentEndsOn: options.commitmentEndsOn ?? '2026-12-31',
      friendlyName: name,
      autoRenew: true,
      unitCost: { amount: options.unitCost ?? '7', currency },
      unitPrice: { amount: options.unitPrice ?? '10', currency },
      effectiveOn: options.effectiveOn ?? '2026-01-01',
    };
  }

  async #inAutotask(name: string, options: LineOptions): Promise<{ contractId: number; serviceId: number }> {
    const { database } = this;
    const template = (entity: string, isFit: (row: Record<string, unknown>) => boolean) => {
      const row = database.table(entity).all().find(isFit);
      if (row === undefined) throw new Error(`no ${entity} to copy`);
      return Object.fromEntries(Object.entries(row).filter(([name]) => name !== 'id'));
    };
    const currency = database
      .table('Currencies')
      .all()
      .find((row) => row['name'] === this.currency);
    const company = database.table('Companies').insert({
      ...template('Companies', (row) => row['companyType'] === 1 && row['isActive'] === true),
      companyName: `Company ${name}`,
      currencyID: currency?.id ?? null,
      parentCompanyID: null,
    });
    const service = database.table('Services').insert({
      ...template('Services', (row) => row['isActive'] === true && row['periodType'] === MONTHLY),
      name: `Service ${name}`,
      periodType: options.periodType ?? MONTHLY,
      ...(options.kind === 'azurePlan'
        ? { unitPrice: new MoneyDecimal(0), unitCost: new MoneyDecimal(0) }
        : {}),
    });
    const contract = database.table('Contracts').insert({
      ...template('Contracts', (row) => row['contractType'] === RECURRING && row['status'] === 1),
      companyID: company.id,
      contractName: `Contract ${name}`,
      contractNumber: name,
      contractPeriodType: options.periodType ?? MONTHLY,
      startDate: `${options.contractStart ?? '2026-01-01'}T00:00:00Z`,
      endDate: `${options.contractEnd ?? '2026-12-31'}T00:00:00Z`,
    });
    const made = { contractId: contract.id, serviceId: service.id };
    if (options.unitsBefore !== undefined) await this.#startUnits(made, options);
    return made;
  }

  #startUnits(
    { contractId, serviceId }: { contractId: number; serviceId: number },
    options: LineOptions,
  ): Promise<void> {
    return this.control('POST', '/records/ContractServiceAdjustments', {
      contractID: contractId,
      serviceID: serviceId,
      effectiveDate: options.contractStart ?? '2026-01-01',
      unitChange: options.unitsBefore ?? 0,
      adjustedUnitPrice: Number(options.unitPrice ?? '10'),
      adjustedUnitCost: Number(options.unitCost ?? '7'),
    });
  }
}
