import { describe, expect, it } from 'vitest';
import type { Connection } from '../../connections/domain/connection.js';
import type { UseCaseContext } from '../../core/use-case-context.js';
import { currencyCode } from '../../kernel/currency.js';
import { money } from '../../kernel/money.js';
import type { BillingPlan } from '../domain/billing-plan.js';
import { needsAnotherPerson, personOf, withApproval } from './plan-facts.js';

const EUR = currencyCode('EUR');
const CONNECTION = { currency: EUR, policies: { secondApproverAbove: money('1', EUR) } } as Connection;
const STEP = { id: 'step', lineId: 'line', dismissedReason: null, step: { impact: money('50', EUR) } };

/** @param personId who stands behind the actor, where the host says so */
function context(id: string, personId?: string): UseCaseContext {
  const actor = { id, name: `Name of ${id}`, ...(personId === undefined ? {} : { personId }) };
  return { actor, correlationId: 'correlation' } as UseCaseContext;
}

function planOf(maker: UseCaseContext, changes: Partial<BillingPlan> = {}): BillingPlan {
  const plan = { steps: [STEP], approvals: [], createdBy: personOf(maker), changedById: null, ...changes };
  return plan as unknown as BillingPlan;
}

const ADA = context('ada');
const TOKEN_OF_ADA = context('token-of-ada', 'ada');
const OTHER_TOKEN_OF_ADA = context('other-token-of-ada', 'ada');
const SAM = context('sam');
const TOKEN_OF_SAM = context('token-of-sam', 'sam');

describe('a plan that two people must stand for', () => {
  it.each([
    ['a person and itself', ADA, ADA],
    ['a person and its token', ADA, TOKEN_OF_ADA],
    ['a token and the person behind it', TOKEN_OF_ADA, ADA],
    ['two tokens of a person', TOKEN_OF_ADA, OTHER_TOKEN_OF_ADA],
  ])('has one in %s', (_, maker, approver) => {
    expect(needsAnotherPerson(planOf(maker), approver, CONNECTION, undefined)).toBe(true);
    const changed = planOf(SAM, { changedById: personOf(maker).id });
    expect(needsAnotherPerson(changed, approver, CONNECTION, undefined)).toBe(true);
    const approved = withApproval({ approvals: [personOf(maker)] }, approver);
    expect(approved).toHaveLength(1);
  });

  it.each([
    ['two persons', ADA, SAM],
    ['a person and the token of another', ADA, TOKEN_OF_SAM],
    ['tokens of two persons', TOKEN_OF_ADA, TOKEN_OF_SAM],
  ])('has two in %s', (_, maker, approver) => {
    expect(needsAnotherPerson(planOf(maker), approver, CONNECTION, undefined)).toBe(false);
    const approved = withApproval({ approvals: [personOf(maker)] }, approver);
    expect(approved.map(({ id }) => id)).toEqual([personOf(maker).id, personOf(approver).id]);
    const kept = planOf(maker, { approvals: approved });
    expect(needsAnotherPerson(kept, maker, CONNECTION, undefined)).toBe(false);
  });

  it('takes a token that is kept under its own id, from before its person was told, as that person', () => {
    const before = { id: 'token-of-ada', name: 'Job' };
    const plan = planOf(SAM, { createdBy: before, approvals: [before] });
    expect(needsAnotherPerson(plan, TOKEN_OF_ADA, CONNECTION, undefined)).toBe(true);
    expect(withApproval(plan, TOKEN_OF_ADA)).toEqual([before]);
  });
});
