/** A made-up reconciliation file of any size: seat lines, and pairs of refund and charge, of thousands of customers. */
import { createWriteStream } from 'node:fs';
import { once } from 'node:events';

const COLUMNS =
  'PartnerId,CustomerId,CustomerName,CustomerDomainName,CustomerCountry,InvoiceNumber,MpnId,Tier2MpnId,OrderId,OrderDate,ProductId,SkuId,' +
  'AvailabilityId,SkuName,ProductName,ChargeType,UnitPrice,Quantity,Subtotal,TaxTotal,Total,Currency,PriceAdjustmentDescription,PublisherName,' +
  'PublisherId,SubscriptionDescription,SubscriptionId,ChargeStartDate,ChargeEndDate,TermAndBillingCycle,EffectiveUnitPrice,UnitType,AlternateId,' +
  'BillableQuantity,BillingFrequency,PricingCurrency,PCToBCExchangeRate,PCToBCExchangeRateDate,MeterDescription,ReservationOrderId,' +
  'CreditReasonCode,SubscriptionStartDate,SubscriptionEndDate,ReferenceId,ProductQualifiers,PromotionId';

const guid = (kind, number) => `${kind}-0000-4000-8000-${String(number).padStart(12, '0')}`;
const trunc2 = (amount) => Math.trunc(amount * 100) / 100;

function line(index) {
  const customer = Math.floor(index / 200);
  const step = index % 3;
  const seats = 1 + (index % 40);
  const day = 1 + (Math.floor(index / 3) % 20);
  const change = 10 + (day % 10);
  const type = step === 0 ? 'cycleCharge' : 'addQuantity';
  const start = step === 0 ? 10 : change;
  const share = 12.4 * (40 - start);
  const subtotal = step === 0 ? 12.4 * seats : trunc2((share / 30) * seats) * (step === 1 ? -1 : 1);
  const effective = step === 0 ? 12.4 : ((share / 30) * (step === 1 ? -1 : 1)).toFixed(4);
  const total = subtotal.toFixed(2);
  const product = '"Microsoft 365 Business Standard, no Teams"';
  return (
    `${guid('934f3416', 1)},${guid('c139c4bf', customer)},Customer ${customer} Ltd.,customer${customer}.onmicrosoft.com,DE,G012345678,5357564,0,` +
    `${index.toString(16)}order,6/${start}/2026,CFQ7TTC0LH0R,0002,CFQ7TTC0K5RQ,${product},${product},${type},12.4,${seats},${total},0,${total},EUR,` +
    `"[""5.0% Partner earned credit""]",Microsoft Corporation,,,${guid('284b0ff0', Math.floor(index / 3))},6/${start}/2026,7/9/2026,` +
    `One-Year commitment for monthly/yearly billing,${effective},,${index.toString(16)}alt,${seats},Monthly,EUR,1,6/1/2026,,,,6/10/2025,6/9/2026,` +
    `${guid('12d33e18', Math.floor(index / 3))},,\r\n`
  );
}

export async function writeBill(path, lines) {
  const file = createWriteStream(path);
  file.write(`${COLUMNS}\r\n`);
  for (let index = 0; index < lines;) {
    let text = '';
    for (const end = Math.min(lines, index + 2_000); index < end; index += 1) text += line(index);
    if (!file.write(text)) await once(file, 'drain');
  }
  file.end();
  await once(file, 'close');
}
