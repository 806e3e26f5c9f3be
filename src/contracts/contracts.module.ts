import { type MiddlewareConsumer, Module, type NestModule } from '@nestjs/common';
import { ConnectionsModule } from '../connections/connections.module.js';
import { UnreadCsvMiddleware } from '../platform/http/raw-text-body.js';
import { CompanyTemplates } from './application/company-template.service.js';
import { ContractTemplates } from './application/contract-template.service.js';
import { CustomerBinding } from './application/customer-binding.service.js';
import { MappingArchive } from './application/mapping-archive.service.js';
import { MappingBook } from './application/mapping-book.service.js';
import { MappingLists } from './application/mapping-lists.service.js';
import { MappingSuggestions } from './application/mapping-suggestions.service.js';
import { OfferBinding } from './application/offer-binding.service.js';
import { OfferCatalogue } from './application/offer-catalogue.service.js';
import { ServiceTemplates } from './application/service-template.service.js';
import { SubscriptionBinding } from './application/subscription-binding.service.js';
import { SubscriptionRows } from './application/subscription-rows.service.js';
import { TemplateCreations } from './application/template-creations.service.js';
import { MappedSubscriptions } from './application/mapped-subscriptions.service.js';
import { MirroredRates } from './application/mirrored-rates.service.js';
import { MirroredLines } from './application/mirrored-lines.service.js';
import { Mirror } from './application/mirror.service.js';
import { MirrorQuery } from './application/mirror-query.service.js';
import { MAPPED_SUBSCRIPTION_READER } from './domain/mapped-subscription.js';
import { MAPPING_FACTS_READER } from './domain/mapping-facts.js';
import { MAPPING_STORE } from './domain/mapping-store.js';
import { MIRRORED_LINE_READER } from './domain/mirrored-lines.js';
import { MIRROR_READER } from './domain/mirror-reader.js';
import { MIRROR_STORE } from './domain/mirror-store.js';
import { TEMPLATE_CREATION_STORE } from './domain/template-creation.js';
import { CustomerMappingsController } from './http/customer-mappings.controller.js';
import { MappingTemplatesController } from './http/mapping-templates.controller.js';
import { MappingTransfer } from './http/mapping-transfer.service.js';
import { OfferMappingsController } from './http/offer-mappings.controller.js';
import { SubscriptionMappingsController } from './http/subscription-mappings.controller.js';
import { MirrorController } from './http/mirror.controller.js';
import { MappedSubscriptionRepository } from './persistence/mapped-subscription.repository.js';
import { MappingFactsRepository } from './persistence/mapping-facts.repository.js';
import { MappingRepository } from './persistence/mapping.repository.js';
import { MirroredLineRepository } from './persistence/mirrored-line.repository.js';
import { TemplateCreationRepository } from './persistence/template-creation.repository.js';
import { ContractLineQuery } from './application/contract-line-query.service.js';
import { CONTRACT_LINE_READER } from './domain/contract-line.js';
import { ContractLinesController } from './http/contract-lines.controller.js';
import { ContractLineRepository } from './persistence/contract-line.repository.js';
import { MirrorReaderRepository } from './persistence/mirror-reader.repository.js';
import { MirrorRepository } from './persistence/mirror.repository.js';

const MAPPING_CONTROLLERS = [
  CustomerMappingsController,
  OfferMappingsController,
  SubscriptionMappingsController,
];

@Module({
  imports: [ConnectionsModule],
  controllers: [
    MirrorController,
    ContractLinesController,
    MappingTemplatesController,
    ...MAPPING_CONTROLLERS,
  ],
  providers: [
    Mirror,
    MirrorQuery,
    MappedSubscriptions,
    MirroredRates,
    MappingBook,
    MappingLists,
    MappingSuggestions,
    MappingTransfer,
    MappingArchive,
    CustomerBinding,
    OfferBinding,
    SubscriptionBinding,
    SubscriptionRows,
    OfferCatalogue,
    CompanyTemplates,
    ServiceTemplates,
    ContractTemplates,
    TemplateCreations,
    { provide: TEMPLATE_CREATION_STORE, useClass: TemplateCreationRepository },
    { provide: MAPPING_STORE, useClass: MappingRepository },
    { provide: MAPPING_FACTS_READER, useClass: MappingFactsRepository },
    { provide: MIRROR_STORE, useClass: MirrorRepository },
    { provide: MAPPED_SUBSCRIPTION_READER, useClass: MappedSubscriptionRepository },
    MirroredLines,
    { provide: MIRRORED_LINE_READER, useClass: MirroredLineRepository },
    ContractLineQuery,
    { provide: CONTRACT_LINE_READER, useClass: ContractLineRepository },
    { provide: MIRROR_READER, useClass: MirrorReaderRepository },
  ],
  exports: [Mirror, MirroredLines, MappedSubscriptions, MirroredRates],
})
export class ContractsModule implements NestModule {
  configure(consumer: MiddlewareConsumer): void {
    consumer.apply(UnreadCsvMiddleware).forRoutes(...MAPPING_CONTROLLERS);
  }
}
