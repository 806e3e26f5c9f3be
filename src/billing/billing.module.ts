import { Global, Module } from '@nestjs/common';
import { ConnectionsModule } from '../connections/connections.module.js';
import { ContractsModule } from '../contracts/contracts.module.js';
import { MAPPING_CHANGE_LISTENER, SYNC_STATE_READER } from '../contracts/domain/mapping-listeners.js';
import { SUBSCRIPTION_CHANGE_LISTENER } from '../ports/host/subscription-changes.port.js';
import { AutomaticCharges } from './application/automatic-charges.service.js';
import { SubjectNames } from './application/billed-subjects.service.js';
import { BillingSummaries } from './application/billing-summaries.service.js';
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
import { Operations } from './application/operations.service.js';
import { OutcomeRecorder } from './application/outcome-recorder.service.js';
import { PlanSteps } from './application/plan-steps.service.js';
import { Planning } from './application/planning.service.js';
import { Plans } from './application/plans.service.js';
import { PushControl } from './application/push-control.service.js';
import { PushPass } from './application/push-pass.service.js';
import { PushRunner } from './application/push-runner.service.js';
import { PushTrigger } from './application/push-trigger.service.js';
import { PushWorkers } from './application/push-workers.service.js';
import { OperationReadBack } from './application/read-back.service.js';
import { SyncStates } from './application/sync-states.service.js';
import { LINE_STORE } from './domain/billing-line.js';
import { PLAN_STORE } from './domain/billing-plan.js';
import { BILLING_SUMMARY_READER } from './domain/billing-summary.js';
import { DRIFT_STORE } from './domain/drift.js';
import { OPERATION_STORE, PUSH_STORE } from './domain/operation-store.js';
import { DriftController } from './http/drift.controller.js';
import { OperationsController } from './http/operations.controller.js';
import { PlansController } from './http/plans.controller.js';
import { BillingSummaryRepository } from './persistence/billing-summary.repository.js';
import { DriftRepository } from './persistence/drift.repository.js';
import { LineRepository } from './persistence/line.repository.js';
import { OperationRepository } from './persistence/operation.repository.js';
import { PlanRepository } from './persistence/plan.repository.js';
import { PushRepository } from './persistence/push.repository.js';

/** Pushes subscription changes to contracts. Global, because the features below it tell it of changes through ports. */
@Global()
@Module({
  imports: [ConnectionsModule, ContractsModule],
  controllers: [PlansController, OperationsController, DriftController],
  providers: [
    AutomaticCharges,
    AutomaticPlanning,
    ChargePlanning,
    ChangeRecorder,
    Compensation,
    ContractReader,
    BillingAfterPull,
    BillingSummaries,
    DecisionWriter,
    DriftDecisions,
    DriftDetection,
    OperationReadBack,
    OperationSender,
    Operations,
    OutcomeRecorder,
    PlanSteps,
    Planning,
    Plans,
    PushControl,
    PushPass,
    PushRunner,
    PushTrigger,
    PushWorkers,
    SubjectNames,
    SyncStates,
    { provide: BILLING_SUMMARY_READER, useClass: BillingSummaryRepository },
    { provide: DRIFT_STORE, useClass: DriftRepository },
    { provide: LINE_STORE, useClass: LineRepository },
    { provide: OPERATION_STORE, useClass: OperationRepository },
    { provide: PLAN_STORE, useClass: PlanRepository },
    { provide: PUSH_STORE, useClass: PushRepository },
    { provide: SUBSCRIPTION_CHANGE_LISTENER, useExisting: ChangeRecorder },
    { provide: MAPPING_CHANGE_LISTENER, useExisting: ChangeRecorder },
    { provide: SYNC_STATE_READER, useExisting: SyncStates },
  ],
  exports: [
    SUBSCRIPTION_CHANGE_LISTENER,
    MAPPING_CHANGE_LISTENER,
    SYNC_STATE_READER,
    BillingAfterPull,
    BillingSummaries,
  ],
})
export class BillingModule {}
