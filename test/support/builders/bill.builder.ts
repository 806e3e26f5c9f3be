/** Columns of a reconciliation file, in the order Partner Center writes them. */
export const RECON_COLUMNS = [
  'PartnerId',
  'CustomerId',
  'CustomerName',
  'CustomerDomainName',
  'CustomerCountry',
  'InvoiceNumber',
  'MpnId',
  'Tier2MpnId',
  'OrderId',
  'OrderDate',
  'ProductId',
  'SkuId',
  'AvailabilityId',
  'SkuName',
  'ProductName',
  'ChargeType',
  'UnitPrice',
  'Quantity',
  'Subtotal',
  'TaxTotal',
  'Total',
  'Currency',
  'PriceAdjustmentDescription',
  'PublisherName',
  'PublisherId',
  'SubscriptionDescription',
  'SubscriptionId',
  'ChargeStartDate',
  'ChargeEndDate',
  'TermAndBillingCycle',
  'EffectiveUnitPrice',
  'UnitType',
  'AlternateId',
  'BillableQuantity',
  'BillingFrequency',
  'PricingCurrency',
  'PCToBCExchangeRate',
  'PCToBCExchangeRateDate',
  'MeterDescription',
  'ReservationOrderId',
  'CreditReasonCode',
  'SubscriptionStartDate',
  'SubscriptionEndDate',
  'ReferenceId',
  'ProductQualifiers',
  'PromotionId',
] as const;
export type ReconColumn = (typeof RECON_COLUMNS)[number];
export type ReconLine = Partial<Record<ReconColumn, string>>;

/** A monthly seat line; days as Partner Center's download writes them. */
export function reconLine(change: ReconLine = {}): ReconLine {
  return {
    PartnerId: '934f3416-bc2f-47f3-b492-77e517d4e572',
    CustomerId: 'c139c4bf-2e8b-4ab5-8bed-d9f50dcca7a2',
    CustomerName: 'Contoso, Ltd.',
    InvoiceNumber: 'G012345678',
    OrderId: '94e858b6d855',
    OrderDate: '6/18/2026',
    ProductId: 'CFQ7TTC0LH0R',
    SkuId: '0002',
    AvailabilityId: 'CFQ7TTC0K5RQ',
    ProductName: 'Microsoft 365 Business Standard',
    ChargeType: 'new',
    UnitPrice: '10.08',
    Quantity: '10',
    Subtotal: '100.8',
    TaxTotal: '0',
    Total: '100.8',
    Currency: 'EUR',
    SubscriptionId: '284b0ff0-0e74-4f65-cb23-f8ad95867994',
    ChargeStartDate: '6/18/2026',
    ChargeEndDate: '7/17/2026',
    TermAndBillingCycle: 'One-Month commitment for monthly/yearly billing',
    EffectiveUnitPrice: '10.08',
    BillableQuantity: '10',
    BillingFrequency: 'Monthly',
    PricingCurrency: 'EUR',
    PCToBCExchangeRate: '1',
    SubscriptionStartDate: '6/18/2026',
    SubscriptionEndDate: '7/17/2026',
    ReferenceId: '7d71c595-4635-40d1-a9e2-b34e63b01764',
    ...change,
  };
}

/** How a file is written. */
export interface CsvStyle {
  delimiter?: string;
  newline?: string;
  columns?: readonly string[];
}

/** A reconciliation file as text. */
export function reconCsv(
  lines: readonly ReconLine[],
  { delimiter = ',', newline = '\r\n', columns = RECON_COLUMNS }: CsvStyle = {},
): string {
  const field = (text: string) =>
    text.includes(delimiter) || /["\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  const row = (texts: readonly string[]) => texts.map(field).join(delimiter) + newline;
  return (
    row(columns) + lines.map((line) => row(columns.map((name) => line[name as ReconColumn] ?? ''))).join('')
  );
}

/** A seat change as it is published: the old count refunded and the new one charged, for the rest of the cycle. */
export function seatChange(before: ReconLine, after: ReconLine): ReconLine[] {
  const shared = {
    ChargeType: 'addQuantity',
    OrderDate: '6/20/2026',
    ChargeStartDate: '6/20/2026',
    ReferenceId: '12d33e18-061e-4040-ad77-fcd77c1a9943',
  };
  return [reconLine({ ...shared, ...before }), reconLine({ ...shared, ...after })];
}
