/**
 * SQL of the currency a company is billed in, with `company` and `currency` joined from the left: the internal currency of the instance only
 * where the company names none. Null where the currency it names, or the company itself, is not mirrored: an amount would be shown
 * in a wrong currency otherwise.
 * @param internalCurrency parameter that holds it, such as `$2`
 */
export function companyCurrency(internalCurrency: string, company = 'company'): string {
  return `CASE WHEN ${company}.currency_external_id IS NULL AND ${company}.external_id IS NOT NULL
    THEN ${internalCurrency}::text ELSE currency.code END`;
}
