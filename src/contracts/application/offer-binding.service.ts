import { Inject, Injectable } from '@nestjs/common';
import { AUDIT_OPERATIONS } from '../../audit/domain/audit-operations.js';
import type { Transaction } from '../../kernel/transaction.js';
import {
  AZURE_PLAN_PRODUCT,
  keyText,
  type MappingKeys,
  type MappingScope,
  type MappingWish,
  type StoredMapping,
} from '../domain/mapping.js';
import { MAPPING_FACTS_READER, type MappingFactsReader, type ServiceFacts } from '../domain/mapping-facts.js';
import { serviceRefusal } from '../domain/mapping-rules.js';
import { MappingRefusedError, ServiceNotFoundError } from '../domain/mapping.errors.js';
import type { MappingBinding, PreparedSet } from './mapping-binding.js';
import { OfferCatalogue } from './offer-catalogue.service.js';

type Offer = MappingKeys['offer'];

/** Offer to service, one to one. An offer may be mapped before anybody has bought it. */
@Injectable()
export class OfferBinding implements MappingBinding<'offer'> {
  readonly kind = 'offer';
  readonly targetField = 'serviceId';
  readonly isOneToOne = true;
  readonly restsOn = [];
  readonly operations = {
    create: AUDIT_OPERATIONS.createOfferMapping,
    update: AUDIT_OPERATIONS.updateOfferMapping,
    delete: AUDIT_OPERATIONS.deleteOfferMapping,
  };

  constructor(
    private readonly catalogue: OfferCatalogue,
    @Inject(MAPPING_FACTS_READER) private readonly facts: MappingFactsReader,
  ) {}

  takenError(serviceName: string): MappingRefusedError {
    return new MappingRefusedError(
      'service_taken',
      `Another offer is mapped to the service '${serviceName}'.`,
    );
  }

  rebindError({ targetId }: StoredMapping<Offer>): MappingRefusedError | null {
    if (targetId === null) return null;
    const detail = `This offer is mapped to the service ${targetId} already. Remove that mapping first.`;
    return new MappingRefusedError('offer_taken', detail);
  }

  async prepare(scope: MappingScope, wishes: readonly MappingWish<Offer>[]): Promise<PreparedSet> {
    const bought = await this.catalogue.offersOf(scope.tenantId);
    const judge = async (tx: Transaction) => {
      const ids = wishes.flatMap(({ targetId }) => targetId ?? []);
      const services = new Map(
        (await this.facts.services(scope, ids, tx)).map((service) => [service.externalId, service]),
      );
      return wishes.map(({ key, targetId }) => {
        const known = bought.get(keyText(key));
        const name = known?.name ?? key.name ?? `${key.productId}:${key.skuId}`;
        const isAzurePlan = known?.isAzurePlan ?? key.productId === AZURE_PLAN_PRODUCT;
        const service = services.get(targetId ?? '');
        return {
          label: name,
          targetName: service?.name ?? null,
          extras: { offer_name: name },
          refusal: targetId === null ? null : refusalOf(key, isAzurePlan, service),
        };
      });
    };
    return { judge, subscriptions: [] };
  }
}

function refusalOf({ billingCycle }: Offer, isAzurePlan: boolean, service: ServiceFacts | undefined) {
  return service === undefined
    ? new ServiceNotFoundError()
    : serviceRefusal({ billingCycle, isAzurePlan }, service);
}
