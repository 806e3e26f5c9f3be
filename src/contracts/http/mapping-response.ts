import type { MappingResult } from '../application/mapping-binding.js';
import type { Suggestion } from '../application/mapping-suggestions.service.js';
import type { MappingWish } from '../domain/mapping.js';
import type { CustomerMappingRow, OfferMappingRow, SubscriptionMappingRow } from '../domain/mapping-rows.js';
import type { Candidate, SuggestionReason } from '../domain/mapping-suggestions.js';

/** What became of one mapping of a list. */
export interface AcceptanceOutcome {
  outcome: 'accepted' | 'unchanged' | 'refused';
  /** Null unless it was refused. */
  code: string | null;
  detail: string | null;
}

export function toOutcome({ outcome, error }: MappingResult<unknown>): AcceptanceOutcome {
  return {
    outcome: outcome === 'created' || outcome === 'updated' ? 'accepted' : outcome,
    code: error?.code ?? null,
    detail: error?.detail ?? null,
  };
}

/** Each mapping as it was asked for, with what became of it. */
export function toAcceptance<Item extends object>(
  items: readonly Item[],
  results: readonly MappingResult<unknown>[],
): { items: (Item & AcceptanceOutcome)[] } {
  return {
    items: items.flatMap((item, index) => {
      const result = results[index];
      return result === undefined ? [] : [{ ...item, ...toOutcome(result) }];
    }),
  };
}

export function bindingWish<Key>(key: Key, targetId: string): MappingWish<Key> {
  return { key, targetId, excludedReason: null };
}

export interface Scored {
  score: number;
  reasons: SuggestionReason[];
}

/** The best candidate of a row, and the others below it. */
function toSuggestion<Subject extends object, Target extends object>(
  subject: Subject,
  [best, ...others]: readonly Candidate[],
  toTarget: (candidate: Candidate) => Target,
): Subject & Target & Scored & { alternatives: (Target & Scored)[] } {
  if (best === undefined) throw new TypeError('A suggestion has at least one candidate');
  const scored = (candidate: Candidate) => ({
    ...toTarget(candidate),
    score: candidate.score,
    reasons: candidate.reasons,
  });
  return { ...subject, ...scored(best), alternatives: others.map(scored) };
}

export function toCustomerSuggestion({ row, candidates }: Suggestion<CustomerMappingRow>) {
  const { customerId, customerName } = row;
  return toSuggestion({ customerId, customerName }, candidates, ({ targetId, targetName }) => ({
    companyId: targetId,
    companyName: targetName,
  }));
}

export function toOfferSuggestion({ row, candidates }: Suggestion<OfferMappingRow>) {
  return toSuggestion({ offer: row.offer }, candidates, ({ targetId, targetName }) => ({
    serviceId: targetId,
    serviceName: targetName,
  }));
}

export function toSubscriptionSuggestion({ row, candidates }: Suggestion<SubscriptionMappingRow>) {
  const { subscriptionId, subscriptionName, customerId, customerName } = row;
  const subject = { subscriptionId, subscriptionName, customerId, customerName };
  return toSuggestion(subject, candidates, ({ targetId, targetName }) => ({
    contractId: targetId,
    contractName: targetName,
  }));
}
