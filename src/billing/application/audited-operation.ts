import type { AuditDetail, AuditDetails } from '../../audit/domain/audit-entry.js';
import type { LineValues } from '../domain/line-timeline.js';
import type { Operation } from '../domain/operation.js';

/** What an audit entry tells of a pushed operation: which line, what it was before and is after, when, and what it costs. */
export function auditedOperation({ id, step, attempts, externalId }: Operation): AuditDetails {
  const { impact, charge, contractEndsOn } = step;
  return {
    operationId: id,
    kind: step.kind,
    identity: step.identity,
    contractId: step.contractExternalId,
    serviceId: step.serviceExternalId,
    contractServiceId: step.lineExternalId,
    effectiveOn: step.effectiveOn,
    rule: step.rule,
    reason: step.reason,
    before: auditedValues(step.before),
    after: auditedValues(step.after),
    impact: { amount: impact.amount.toFixed(), currency: impact.currency },
    attempts,
    externalId,
    ...(contractEndsOn === null ? {} : { contractEndsOn }),
    ...(charge === null ? {} : { charge: { ...charge } }),
  };
}

export function auditedValues({ units, unitPrice, unitCost }: LineValues): AuditDetail {
  return { units, unitPrice: unitPrice?.toFixed() ?? null, unitCost: unitCost?.toFixed() ?? null };
}
