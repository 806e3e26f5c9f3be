/** New-commerce charge types, and what the other formats add, as they are kept. */
export const CHARGE_TYPES = [
  'new',
  'renew',
  'cycleCharge',
  'addQuantity',
  'removeQuantity',
  'moveQuantity',
  'cancelImmediate',
  'convert',
  'changeBillingPlan',
  'customerCredit',
  'extendTerm',
  'usage',
  'oneTime',
  'fee',
  'reservation',
  'tax',
] as const;
export type ChargeType = (typeof CHARGE_TYPES)[number];

const squeezed = (text: string): string => text.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '');

const KNOWN = new Map<string, ChargeType>(CHARGE_TYPES.map((type) => [squeezed(type), type]));

/** Words of FOCUS 1.0 (`ChargeCategory`) and of the older usage lines for what has a name of ours. */
const OTHER_WORDS: ReadonlyMap<string, ChargeType> = new Map([
  ['purchase', 'oneTime'],
  ['credit', 'customerCredit'],
  ['assessusagefeeforcurrentcycle', 'usage'],
  ['assessusagefeeforpreviouscycle', 'usage'],
]);

const MEMORY = new Map<string, string>();
const MOST_REMEMBERED = 1_000;
const LONGEST = 100;

/**
 * A published charge type in camel case, whatever its case, spaces or dashes; `unknown:` and the published words where it is none we
 * know, so that nothing is lost.
 */
export function chargeTypeOf(published: string): string {
  const remembered = MEMORY.get(published);
  if (remembered !== undefined) return remembered;
  const key = squeezed(published);
  const type = KNOWN.get(key) ?? OTHER_WORDS.get(key) ?? `unknown:${published.trim().slice(0, LONGEST)}`;
  if (MEMORY.size < MOST_REMEMBERED) MEMORY.set(published, type);
  return type;
}
