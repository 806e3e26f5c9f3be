import { Module } from '@nestjs/common';
import { BillingModule } from '../billing/billing.module.js';
import { ConnectionsModule } from '../connections/connections.module.js';
import { ContractsModule } from '../contracts/contracts.module.js';
import { ImportsModule } from '../imports/imports.module.js';
import { FindingPlans } from './application/finding-plans.service.js';
import { MonthClosing } from './application/month-closing.service.js';
import { MonthChargesReader } from './application/month-charges.service.js';
import { MonthReading } from './application/month-reading.service.js';
import { Reconciliation } from './application/reconciliation.service.js';
import { SubscriptionFacts } from './application/subscription-facts.service.js';
import { RECONCILIATION_STORE } from './domain/reconciliation-report.js';
import { ReconciliationController } from './http/reconciliation.controller.js';
import { ReconciliationRepository } from './persistence/reconciliation.repository.js';

/** Compares what a month should have billed with what Autotask and Microsoft hold, and closes months. */
@Module({
  imports: [ConnectionsModule, ContractsModule, BillingModule, ImportsModule],
  controllers: [ReconciliationController],
  providers: [
    Reconciliation,
    MonthChargesReader,
    MonthReading,
    SubscriptionFacts,
    MonthClosing,
    FindingPlans,
    { provide: RECONCILIATION_STORE, useClass: ReconciliationRepository },
  ],
})
export class ReconciliationModule {}
