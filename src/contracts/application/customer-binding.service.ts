import { Inject, Injectable } from '@nestjs/common';
import { AUDIT_OPERATIONS } from '../../audit/domain/audit-operations.js';
import type { Transaction } from '../../kernel/transaction.js';
import {
  type BillingAccount,
  SUBSCRIPTION_SOURCE,
  type SubscriptionSource,
} from '../../ports/host/subscription-source.port.js';
import { CustomerNotFoundError } from '../../subscriptions/domain/subscription.errors.js';
import type { MappingScope, MappingWish } from '../domain/mapping.js';
import { type CompanyFacts, MAPPING_FACTS_READER, type MappingFactsReader } from '../domain/mapping-facts.js';
import { companyRefusal } from '../domain/mapping-rules.js';
import { CompanyNotFoundError, MappingRefusedError } from '../domain/mapping.errors.js';
import type { Judgement, MappingBinding, PreparedSet } from './mapping-binding.js';

/** Customer to company, one to one. */
@Injectable()
export class CustomerBinding implements MappingBinding<'customer'> {
  readonly kind = 'customer';
  readonly targetField = 'companyId';
  readonly isOneToOne = true;
  readonly restsOn = [];
  readonly operations = {
    create: AUDIT_OPERATIONS.createCustomerMapping,
    update: AUDIT_OPERATIONS.updateCustomerMapping,
    delete: AUDIT_OPERATIONS.deleteCustomerMapping,
  };

  constructor(
    @Inject(SUBSCRIPTION_SOURCE) private readonly source: SubscriptionSource,
    @Inject(MAPPING_FACTS_READER) private readonly facts: MappingFactsReader,
  ) {}

  takenError(companyName: string): MappingRefusedError {
    return new MappingRefusedError(
      'company_taken',
      `Another customer is mapped to the company '${companyName}'.`,
    );
  }

  rebindError(): null {
    return null;
  }

  async prepare(scope: MappingScope, wishes: readonly MappingWish<string>[]): Promise<PreparedSet> {
    const found = await this.source.findBillingAccounts(
      scope.tenantId,
      wishes.map(({ key }) => key),
    );
    const customers = new Map(found.map((customer) => [customer.id, customer]));
    const judgeAll = async (tx: Transaction) => {
      const ids = wishes.flatMap(({ targetId }) => targetId ?? []);
      const companies = new Map(
        (await this.facts.companies(scope, ids, tx)).map((company) => [company.externalId, company]),
      );
      return wishes.map((wish) =>
        judge(scope, wish, customers.get(wish.key), companies.get(wish.targetId ?? '')),
      );
    };
    return { judge: judgeAll, subscriptions: [] };
  }
}

function judge(
  scope: MappingScope,
  { key, targetId }: MappingWish<string>,
  customer: BillingAccount | undefined,
  company: CompanyFacts | undefined,
): Judgement {
  const known = { label: customer?.name ?? key, targetName: company?.name ?? null, extras: {} };
  if (customer === undefined) return { ...known, refusal: new CustomerNotFoundError() };
  if (targetId === null) return { ...known, refusal: null };
  const refusal = company === undefined ? new CompanyNotFoundError() : companyRefusal(scope, company);
  return { ...known, refusal };
}
