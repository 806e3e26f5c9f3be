import { expect } from 'vitest';
import type {
  CustomerMappingRow,
  OfferMappingRow,
  SubscriptionMappingRow,
} from '../../src/contracts/domain/mapping-rows.js';
import type { Page } from '../../src/kernel/page.js';
import type { ApiAnswer, Problem } from './api-client.js';
import {
  fillAutotask,
  fillPlatform,
  type MappingWorld,
  offerKey,
  OFFERS,
} from './builders/mapping-world.builder.js';
import { type Connector, type ConnectorOptions, expectProblem, startConnector } from './connector.js';

export type MappingKind = 'customer' | 'offer' | 'subscription';

const OPERATIONS = { customer: 'Customer', offer: 'Offer', subscription: 'Subscription' } as const;

/** A synced connection, and a platform whose customers, offers and subscriptions can be mapped on it. */
export class MappingFixture {
  private constructor(
    readonly connector: Connector,
    readonly world: MappingWorld,
    /** Of the connection. */
    readonly id: string,
  ) {}

  static async start(options: ConnectorOptions = {}): Promise<MappingFixture> {
    const connector = await startConnector(options);
    const world = fillAutotask(connector);
    await fillPlatform(connector);
    const { id } = await connector.connect();
    const { state, error } = await connector.sync(id);
    if (state !== 'succeeded') throw new Error(`The sync ${state}: ${JSON.stringify(error)}`);
    return new MappingFixture(connector, world, id);
  }

  path(kind: MappingKind, rest = ''): string {
    return `/connections/${this.id}/${kind}-mappings${rest}`;
  }

  put<Body>(kind: MappingKind, body: object): Promise<ApiAnswer<Body>> {
    return this.connector.api.send<Body>('PUT', this.path(kind), body);
  }

  mapCustomer(
    customerId: string,
    companyId: string,
  ): Promise<ApiAnswer<CustomerMappingRow & Pick<Problem, 'code'>>> {
    return this.put('customer', { customerId, companyId });
  }

  mapOffer(name: keyof typeof OFFERS, serviceId: string): Promise<ApiAnswer<OfferMappingRow>> {
    return this.put('offer', { offer: offerKey(OFFERS[name]), serviceId });
  }

  mapSubscription(subscriptionId: string, contractId: string): Promise<ApiAnswer<SubscriptionMappingRow>> {
    return this.put('subscription', { subscriptionId, contractId });
  }

  async list<Row>(kind: MappingKind, query = ''): Promise<Row[]> {
    return (await this.connector.api.get<Page<Row>>(this.path(kind, query))).body.items;
  }

  /** Leaves the connection without mappings. */
  async unmapAll(): Promise<void> {
    for (const kind of ['subscription', 'offer', 'customer'] as const) {
      for (const state of ['mapped', 'excluded']) {
        for (const row of await this.list<Record<string, string>>(kind, `?state=${state}`)) {
          const key = row[kind === 'offer' ? 'mappingId' : `${kind}Id`];
          const { status, text } = await this.connector.api.delete(this.path(kind, `/${key}`));
          if (status !== 204) throw new Error(text);
        }
      }
    }
  }

  stop(): Promise<void> {
    return this.connector.stop();
  }
}

/** Expects a refusal as a problem document and as an audit entry. */
export async function expectMappingRefused(
  { connector, id }: MappingFixture,
  kind: MappingKind,
  answer: ApiAnswer,
  status: number,
  code: string,
): Promise<void> {
  expectProblem(answer, status, code);
  expect(await connector.newestAuditEntry()).toMatchObject({
    operation: `Create Connection ${OPERATIONS[kind]} Mapping`,
    outcome: 'failed',
    connectionId: id,
    subject: { type: `${kind} mapping` },
    details: { code },
  });
}
