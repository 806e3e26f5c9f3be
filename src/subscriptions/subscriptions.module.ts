import { Module } from '@nestjs/common';
import { SubscriptionChanges } from './application/subscription-changes.service.js';
import { SubscriptionQuery } from './application/subscription-query.service.js';
import { SubscriptionSourceController } from './http/subscription-source.controller.js';

/**
 * What customers are subscribed to, from whatever `SubscriptionSource` is bound, and where its changes enter. Shared, so that every
 * module of a host can inject `SubscriptionChanges`.
 */
@Module({
  controllers: [SubscriptionSourceController],
  providers: [SubscriptionQuery, SubscriptionChanges],
  exports: [SubscriptionQuery, SubscriptionChanges],
})
export class SubscriptionsModule {}
