import type { LocalDate } from '../../kernel/local-date.js';
import type { BillingAccount, BoughtOffer, Subscription } from '../../ports/host/subscription-source.port.js';
import type { CompanyFacts, ServiceFacts, SuggestedContract } from './mapping-facts.js';
import { fitsContract, serviceRefusal } from './mapping-rules.js';
import { NameIndex } from './name-similarity.js';

/** Why something is suggested: what the two sides have in common. `only`: nothing else fits. */
export const SUGGESTION_REASONS = ['number', 'domain', 'sku', 'service', 'name', 'only'] as const;
export type SuggestionReason = (typeof SUGGESTION_REASONS)[number];

/** A PSA record that may be the counterpart. */
export interface Candidate {
  targetId: string;
  targetName: string;
  /** 0 to 1; 1 is certain. */
  score: number;
  reasons: SuggestionReason[];
}

/** How much each reason alone says, 0 to 1; independent reasons add up as chances do. */
const WEIGHTS = { number: 0.98, domain: 0.9, sku: 0.95, partOfSku: 0.6, service: 0.7, name: 0.85, only: 0.4 };

/** Names less alike than this have nothing in common. */
const LEAST_SIMILARITY = 0.5;
const LEAST_SCORE = 0.3;
const MOST_CANDIDATES = 3;

class Scores<T extends { externalId: string; name: string }> {
  readonly #found = new Map<string, { record: T; miss: number; reasons: SuggestionReason[] }>();

  add(record: T, reason: SuggestionReason, weight: number): void {
    const entry = this.#found.get(record.externalId) ?? { record, miss: 1, reasons: [] };
    entry.miss *= 1 - weight;
    entry.reasons.push(reason);
    this.#found.set(record.externalId, entry);
  }

  /** Best first; equal ones by id, so that the same question has the same answer. */
  best(): Candidate[] {
    return [...this.#found.values()]
      .map(({ record, miss, reasons }) => ({
        targetId: record.externalId,
        targetName: record.name,
        score: Math.round((1 - miss) * 100) / 100,
        reasons,
      }))
      .filter(({ score }) => score >= LEAST_SCORE)
      .toSorted((left, right) => right.score - left.score || (left.targetId < right.targetId ? -1 : 1))
      .slice(0, MOST_CANDIDATES);
  }
}

/** The host of a web address, or what of a domain name can be compared with one. */
export function domainOf(address: string | null): string | null {
  if (address === null || address.trim() === '') return null;
  const text = /^[a-z][a-z0-9+.-]*:\/\//i.test(address) ? address : `https://${address}`;
  return URL.canParse(text) ? new URL(text.trim()).hostname.replace(/^www\./, '') || null : null;
}

/** Suggests companies for customers; made once for any number of customers. */
export class CompanySuggestions {
  readonly #byNumber: Map<string, CompanyFacts[]>;
  readonly #byDomain: Map<string, CompanyFacts[]>;
  readonly #names: NameIndex<CompanyFacts>;

  constructor(companies: readonly CompanyFacts[]) {
    this.#byNumber = Map.groupBy(companies, ({ number }) => number?.toLowerCase() ?? '');
    this.#byDomain = Map.groupBy(companies, ({ webAddress }) => domainOf(webAddress) ?? '');
    this.#names = new NameIndex(companies, ({ name }) => name);
  }

  for({ id, name, domain }: BillingAccount): Candidate[] {
    const scores = new Scores<CompanyFacts>();
    for (const company of this.#byNumber.get(id.toLowerCase()) ?? []) {
      scores.add(company, 'number', WEIGHTS.number);
    }
    const host = domainOf(domain);
    for (const company of host === null ? [] : (this.#byDomain.get(host) ?? [])) {
      scores.add(company, 'domain', WEIGHTS.domain);
    }
    for (const { item, similarity } of this.#names.similar(name, LEAST_SIMILARITY)) {
      scores.add(item, 'name', WEIGHTS.name * similarity);
    }
    return scores.best();
  }
}

/** Suggests services for offers; a service that the rules would refuse is not suggested. */
export class ServiceSuggestions {
  readonly #names: NameIndex<ServiceFacts>;

  constructor(private readonly services: readonly ServiceFacts[]) {
    this.#names = new NameIndex(services, ({ name }) => name);
  }

  for(offer: BoughtOffer): Candidate[] {
    const scores = new Scores<ServiceFacts>();
    const fits = (service: ServiceFacts) => serviceRefusal(offer, service) === null;
    for (const service of this.services.filter(fits)) {
      const weight = skuWeight(service.sku, offer);
      if (weight > 0) scores.add(service, 'sku', weight);
    }
    for (const { item, similarity } of this.#names.similar(offer.name, LEAST_SIMILARITY)) {
      if (fits(item)) scores.add(item, 'name', WEIGHTS.name * similarity);
    }
    return scores.best();
  }
}

/** Services carry `product`, `product:sku` or `product:sku:availability`. */
function skuWeight(sku: string | null, { productId, skuId }: BoughtOffer): number {
  const text = sku?.toLowerCase() ?? '';
  const [product, whole] = [productId.toLowerCase(), `${productId}:${skuId}`.toLowerCase()];
  if (text === whole || text.startsWith(`${whole}:`)) return WEIGHTS.sku;
  return text === product ? WEIGHTS.partOfSku : 0;
}

/** What a subscription's counterpart is looked for among: open contracts of its customer's company. */
export interface ContractChoice {
  contracts: readonly SuggestedContract[];
  serviceExternalId: string;
  today: LocalDate;
}

/** Suggests contracts for a subscription; a contract that the rules would refuse is not suggested. */
export function suggestContracts(subscription: Subscription, choice: ContractChoice): Candidate[] {
  const fitting = choice.contracts.filter((contract) => fitsContract(contract, subscription, choice.today));
  const scores = new Scores<SuggestedContract>();
  for (const contract of fitting) {
    if (contract.number?.toLowerCase() === subscription.id.toLowerCase()) {
      scores.add(contract, 'number', WEIGHTS.number);
    }
    if (contract.serviceExternalIds.includes(choice.serviceExternalId)) {
      scores.add(contract, 'service', WEIGHTS.service);
    }
    if (fitting.length === 1) scores.add(contract, 'only', WEIGHTS.only);
  }
  const names = new NameIndex(fitting, ({ name }) => name);
  for (const { item, similarity } of names.similar(
    subscription.friendlyName ?? subscription.offer.name,
    LEAST_SIMILARITY,
  )) {
    scores.add(item, 'name', WEIGHTS.name * similarity);
  }
  return scores.best();
}
