import { Module } from '@nestjs/common';
import { ConnectionsModule } from '../connections/connections.module.js';
import { MappedSubscriptions } from './application/mapped-subscriptions.service.js';
import { Mirror } from './application/mirror.service.js';
import { MirrorQuery } from './application/mirror-query.service.js';
import { MAPPED_SUBSCRIPTION_READER } from './domain/mapped-subscription.js';
import { MIRROR_READER } from './domain/mirror-reader.js';
import { MIRROR_STORE } from './domain/mirror-store.js';
import { MirrorController } from './http/mirror.controller.js';
import { MappedSubscriptionRepository } from './persistence/mapped-subscription.repository.js';
import { MirrorReaderRepository } from './persistence/mirror-reader.repository.js';
import { MirrorRepository } from './persistence/mirror.repository.js';

@Module({
  imports: [ConnectionsModule],
  controllers: [MirrorController],
  providers: [
    Mirror,
    MirrorQuery,
    MappedSubscriptions,
    { provide: MIRROR_STORE, useClass: MirrorRepository },
    { provide: MAPPED_SUBSCRIPTION_READER, useClass: MappedSubscriptionRepository },
    { provide: MIRROR_READER, useClass: MirrorReaderRepository },
  ],
  exports: [Mirror, MappedSubscriptions],
})
export class ContractsModule {}
