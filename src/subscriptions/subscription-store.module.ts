import { Module } from '@nestjs/common';
import { SUBSCRIPTION_SOURCE } from '../ports/host/subscription-source.port.js';
import { ChargeRegister } from './application/charge-register.service.js';
import { CustomerRegister } from './application/customer-register.service.js';
import { StoreQuery } from './application/store-query.service.js';
import { SubscriptionRegister } from './application/subscription-register.service.js';
import { SUBSCRIPTION_STORE } from './domain/subscription-store.js';
import { SubscriptionStoreController } from './http/subscription-store.controller.js';
import { SubscriptionRepository } from './persistence/subscription.repository.js';
import { SubscriptionsModule } from './subscriptions.module.js';

/** The connector's own store, for hosts that supply no `SubscriptionSource`; shared, as a host's source is. */
@Module({
  imports: [SubscriptionsModule],
  controllers: [SubscriptionStoreController],
  providers: [
    CustomerRegister,
    SubscriptionRegister,
    ChargeRegister,
    StoreQuery,
    { provide: SUBSCRIPTION_STORE, useClass: SubscriptionRepository },
    { provide: SUBSCRIPTION_SOURCE, useExisting: SUBSCRIPTION_STORE },
  ],
  exports: [SUBSCRIPTION_SOURCE, CustomerRegister, SubscriptionRegister, ChargeRegister],
})
export class SubscriptionStoreModule {}
