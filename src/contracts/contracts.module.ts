import { Module } from '@nestjs/common';
import { ConnectionsModule } from '../connections/connections.module.js';
import { MappedSubscriptions } from './application/mapped-subscriptions.service.js';
import { Mirror } from './application/mirror.service.js';
import { MirrorQuery } from './application/mirror-query.service.js';
import { MAPPED_SUBSCRIPTION_READER } from './domain/mapped-subscription.js';
import { ContractLineQuery } from './application/contract-line-query.service.js';
import { CONTRACT_LINE_READER } from './domain/contract-line.js';
import { MIRROR_READER } from './domain/mirror-reader.js';
import { MIRROR_STORE } from './domain/mirror-store.js';
import { ContractLinesController } from './http/contract-lines.controller.js';
import { MirrorController } from './http/mirror.controller.js';
import { MappedSubscriptionRepository } from './persistence/mapped-subscription.repository.js';
import { ContractLineRepository } from './persistence/contract-line.repository.js';
import { MirrorReaderRepository } from './persistence/mirror-reader.repository.js';
import { MirrorRepository } from './persistence/mirror.repository.js';

@Module({
  imports: [ConnectionsModule],
  controllers: [MirrorController, ContractLinesController],
  providers: [
    Mirror,
    MirrorQuery,
    MappedSubscriptions,
    { provide: MIRROR_STORE, useClass: MirrorRepository },
    { provide: MAPPED_SUBSCRIPTION_READER, useClass: MappedSubscriptionRepository },
    ContractLineQuery,
    { provide: CONTRACT_LINE_READER, useClass: ContractLineRepository },
    { provide: MIRROR_READER, useClass: MirrorReaderRepository },
  ],
  exports: [Mirror, MappedSubscriptions],
})
export class ContractsModule {}
