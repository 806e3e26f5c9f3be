import type { AuditTrail } from '../../audit/application/audit-trail.service.js';
import type { AuditDetail, AuditDetails } from '../../audit/domain/audit-entry.js';
import { AUDIT_OPERATIONS } from '../../audit/domain/audit-operations.js';
import type { Connection } from '../../connections/domain/connection.js';
import type { Money } from '../../kernel/money.js';
import type { Subscription } from '../../ports/host/subscription-source.port.js';
import type { BillingLine } from '../domain/billing-line.js';
import type { Operation, Originator } from '../domain/operation.js';
import type { PendingChange } from '../domain/pending-change.js';
import type { PlanRefusal } from '../domain/plan-step.js';
import { auditedOperation } from './audited-operation.js';
import { contextOf } from './originator-context.js';

type Entries = Parameters<AuditTrail['appendAll']>[1];

interface Refused {
  line: BillingLine;
  refusals: readonly PlanRefusal[];
  changes: readonly PendingChange[];
  originator: Originator;
}

/** One entry for each change that led to no write: what the subscription was before and is after, and why that is not written. */
export function refusalEntries(connection: Connection, decision: Refused): Entries {
  const { line, refusals, originator } = decision;
  return refusals.map((refusal) => ({
    context: contextOf(connection, originator),
    outcome: 'failed',
    event: {
      operation: AUDIT_OPERATIONS.pushSubscription,
      subject: { type: 'subscription', id: line.subscriptionId, label: line.subscriptionId },
      connectionId: connection.id,
      details: {
        code: refusal.code,
        reason: refusal.detail,
        contractId: refusal.contractExternalId,
        revision: refusal.revision,
        ...beforeAndAfter(decision, refusal.revision),
      },
    },
  }));
}

/** The entry of an operation that a later decision makes needless. @param because in words */
export function dismissalEntries(
  connection: Connection,
  originator: Originator,
  operations: readonly Operation[],
  because: string,
): Entries {
  return operations.map((operation) => ({
    context: contextOf(connection, originator),
    outcome: 'succeeded',
    event: {
      operation: AUDIT_OPERATIONS.dismissOperation,
      subject: { type: 'operation', id: operation.id, label: operation.step.identity },
      connectionId: connection.id,
      details: { ...auditedOperation(operation), because },
    },
  }));
}

/** Nothing for an amount beside the seats, which is no change of the subscription. */
function beforeAndAfter({ line, changes }: Refused, revision: number): AuditDetails {
  const states = changes.map(({ subscription }) => subscription);
  const after = states.find((subscription) => subscription.revision === revision);
  if (after === undefined) return {};
  const earlier = states.filter((subscription) => subscription.revision < revision);
  const before = earlier.reduce<Subscription | null>(
    (last, subscription) => (last === null || subscription.revision > last.revision ? subscription : last),
    line.known,
  );
  return { before: before === null ? null : auditedState(before), after: auditedState(after) };
}

function auditedState(subscription: Subscription): AuditDetail {
  const { quantity, status, unitPrice, unitCost, offer, friendlyName, autoRenew, commitmentEndsOn } =
    subscription;
  return {
    quantity,
    status,
    unitPrice: auditedMoney(unitPrice),
    unitCost: auditedMoney(unitCost),
    billingCycle: offer.billingCycle,
    friendlyName,
    autoRenew,
    commitmentEndsOn,
  };
}

function auditedMoney({ amount, currency }: Money): AuditDetail {
  return { amount: amount.toFixed(), currency };
}
