import { Module } from '@nestjs/common';
import { ConnectionsModule } from '../connections/connections.module.js';
import { ContractsModule } from '../contracts/contracts.module.js';
import { MAPPING_CHANGE_LISTENER, SYNC_STATE_READER } from '../contracts/domain/mapping-listeners.js';
import { IMPORT_LISTENER } from '../imports/domain/import-listener.js';
import { ImportsModule } from '../imports/imports.module.js';
import { SUBSCRIPTION_CHANGE_LISTENER } from '../ports/host/subscription-changes.port.js';
import { AutomaticCharges } from './application/automatic-charges.service.js';
import { ChargeItems } from './application/charge-items.service.js';
import { SubjectNames } from './application/billed-subjects.service.js';
import { BillingSummaries } from './application/billing-summaries.service.js';
import { ChargeContracts } from './application/charge-contracts.service.js';
import { ChargeHistory } from './application/charge-history.service.js';
import { ChargePlanning } from './application/charge-planning.service.js';
import { AutomaticPlanning } from './application/automatic-planning.service.js';
import { ChangeRecorder } from './application/change-recorder.service.js';
import { Compensation } from './application/compensation.service.js';
import { ContractReader } from './application/contract-reader.service.js';
import { BillingAfterPull } from './application/after-pull.service.js';
import { DecisionWriter } from './application/decision-writer.service.js';
import { DriftDecisions } from './application/drift-decisions.service.js';
import { DriftDetection } from './application/drift-detection.service.js';
import { OperationSender } from './application/operation-sender.service.js';
import { OperationDays } from './application/operation-days.service.js';
import { Operations } from './application/operations.service.js';
import { OvertakenCharges } from './application/overtaken-charges.service.js';
import { OutcomeRecorder } from './application/outcome-recorder.service.js';
import { PlanCharges } from './application/plan-charges.service.js';
import { PlanSteps } from './application/plan-steps.service.js';
import { Planning } from './application/planning.service.js';
import { CorrectingSteps } from './application/correcting-steps.service.js';
import { Plans } from './application/plans.service.js';
import { RefusedCharges } from './application/refused-charges.service.js';
import { PushControl } from './application/push-control.service.js';
import { PushPass } from './application/push-pass.service.js';
import { PushRunner } from './application/push-runner.service.js';
import { PushStatistics } from './application/push-statistics.service.js';
import { PushTrigger } from './application/push-trigger.service.js';
import { PushWorkers } from './application/push-workers.service.js';
import { ImportRecorder } from './application/import-recorder.service.js';
import { LeftLines } from './application/left-lines.service.js';
import { MarginPrices } from './application/margin-prices.service.js';
import { MarginRules } from './application/margin-rules.service.js';
import { PlacedCharges } from './application/placed-charges.service.js';
import { OperationReadBack } from './application/read-back.service.js';
import { SubscriptionPlans } from './application/subscription-plans.service.js';
import { SyncStates } from './application/sync-states.service.js';
import { CHARGE_DUE_STORE } from './domain/charge-due.js';
import { CHARGE_LEDGER } from './domain/charge-ledger.js';
import { CUSTOMER_LINE_STORE } from './domain/customer-line.js';
import { MARGIN_STORE } from './domain/margin-store.js';
import { LINE_STORE } from './domain/billing-line.js';
import { COMPENSATION_STORE } from './domain/compensation-store.js';
import { CHANGE_STORE } from './domain/pending-change.js';
import { PLAN_STORE } from './domain/billing-plan.js';
import { BILLING_HISTORY_READER } from './domain/billing-history.js';
import { BILLING_SUMMARY_READER } from './domain/billing-summary.js';
import { DRIFT_STORE } from './domain/drift.js';
import { OPERATION_STORE, PUSH_STORE } from './domain/operation-store.js';
import { PUSH_FIGURES_READER } from './domain/push-figures.js';
import { DriftController } from './http/drift.controller.js';
import { MarginRulesController } from './http/margin-rules.controller.js';
import { OperationsController } from './http/operations.controller.js';
import { PlansController } from './http/plans.controller.js';
import { ChargeDueRepository } from './persistence/charge-due.repository.js';
import { ChargeLedgerRepository } from './persistence/charge-ledger.repository.js';
import { CustomerLineRepository } from './persistence/customer-line.repository.js';
import { MarginRuleRepository } from './persistence/margin-rule.repository.js';
import { BillingHistoryRepository } from './persistence/billing-history.repository.js';
import { BillingSummaryRepository } from './persistence/billing-summary.repository.js';
import { DriftRepository } from './persistence/drift.repository.js';
import { ChangeRepository } from './persistence/change.repository.js';
import { LineRepository } from './persistence/line.repository.js';
import { CompensationRepository } from './persistence/compensation.repository.js';
import { OperationRepository } from './persistence/operation.repository.js';
import { PlanRepository } from './persistence/plan.repository.js';
import { PushFiguresRepository } from './persistence/push-figures.repository.js';
import { PushRepository } from './persistence/push.repository.js';

/** Pushes subscription changes to contracts. Shared within an installation, because the features below it tell it of changes through ports. */
@Module({
  imports: [ConnectionsModule, ContractsModule, ImportsModule],
  controllers: [PlansController, OperationsController, DriftController, MarginRulesController],
  providers: [
    AutomaticCharges,
    ImportRecorder,
    AutomaticPlanning,
    ChargeItems,
    ChargeContracts,
    ChargeHistory,
    ChargePlanning,
    PlacedCharges,
    MarginPrices,
    MarginRules,
    ChangeRecorder,
    Compensation,
    ContractReader,
    BillingAfterPull,
    BillingSummaries,
    DecisionWriter,
    DriftDecisions,
    DriftDetection,
    LeftLines,
    OperationDays,
    OperationReadBack,
    OperationSender,
    Operations,
    OutcomeRecorder,
    OvertakenCharges,
    PlanCharges,
    PlanSteps,
    Planning,
    Plans,
    CorrectingSteps,
    PushControl,
    RefusedCharges,
    PushPass,
    PushRunner,
    PushStatistics,
    PushTrigger,
    PushWorkers,
    SubscriptionPlans,
    SyncStates,
    { provide: CHARGE_DUE_STORE, useClass: ChargeDueRepository },
    { provide: CHARGE_LEDGER, useClass: ChargeLedgerRepository },
    { provide: CUSTOMER_LINE_STORE, useClass: CustomerLineRepository },
    { provide: MARGIN_STORE, useClass: MarginRuleRepository },
    { provide: BILLING_HISTORY_READER, useClass: BillingHistoryRepository },
    SubjectNames,
    { provide: BILLING_SUMMARY_READER, useClass: BillingSummaryRepository },
    { provide: DRIFT_STORE, useClass: DriftRepository },
    { provide: COMPENSATION_STORE, useClass: CompensationRepository },
    { provide: CHANGE_STORE, useClass: ChangeRepository },
    { provide: LINE_STORE, useClass: LineRepository },
    { provide: OPERATION_STORE, useClass: OperationRepository },
    { provide: PLAN_STORE, useClass: PlanRepository },
    { provide: PUSH_FIGURES_READER, useClass: PushFiguresRepository },
    { provide: PUSH_STORE, useClass: PushRepository },
    { provide: SUBSCRIPTION_CHANGE_LISTENER, useExisting: ChangeRecorder },
    { provide: MAPPING_CHANGE_LISTENER, useExisting: ChangeRecorder },
    { provide: IMPORT_LISTENER, useExisting: ImportRecorder },
    { provide: SYNC_STATE_READER, useExisting: SyncStates },
  ],
  exports: [
    SUBSCRIPTION_CHANGE_LISTENER,
    MAPPING_CHANGE_LISTENER,
    IMPORT_LISTENER,
    SYNC_STATE_READER,
    BILLING_HISTORY_READER,
    MARGIN_STORE,
    BillingAfterPull,
    ChargeItems,
    SubscriptionPlans,
    SyncStates,
    BillingSummaries,
  ],
})
export class BillingModule {}
