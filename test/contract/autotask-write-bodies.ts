import { Decimal } from 'decimal.js';
import { localDate } from '../../src/kernel/local-date.js';
import type { NewCharge, PsaWriter } from '../../src/ports/psa/psa-writes.js';

export const ON = localDate('2026-05-04');
export const CHARGE: NewCharge = {
  contractExternalId: '7001',
  name: 'Azure usage 2026-04',
  chargedOn: localDate('2026-04-30'),
  billingCodeExternalId: '31',
  quantity: new Decimal('1'),
  unitPrice: new Decimal('123.4500'),
  unitCost: new Decimal('0.1'),
  isBillable: true,
  reference: 'c1/a1/s1/2026-04',
};

export type Write = (writer: PsaWriter) => Promise<unknown>;

/** What is written, how, and the request that Autotask takes it in: verb, path and body, digit by digit. */
export const WRITES: [string, Write, string, string, string][] = [
  [
    'an adjustment of a contract service',
    (writer) =>
      writer.applyAdjustment({
        target: { contractServiceExternalId: '8001' },
        unitChange: new Decimal(-3),
        effectiveOn: ON,
      }),
    'POST',
    'ContractServiceAdjustments',
    '{"contractServiceID":8001,"unitChange":-3,"effectiveDate":"2026-05-04"}',
  ],
  [
    'an adjustment of a service on a contract',
    (writer) =>
      writer.applyAdjustment({
        target: { contractExternalId: '7001', serviceExternalId: '9001', allowRepeatService: true },
        unitChange: new Decimal(0),
        effectiveOn: ON,
        unitPrice: new Decimal('34.5500000001'),
        unitCost: new Decimal('0.1'),
      }),
    'POST',
    'Contracts/7001/ServiceAdjustments',
    '{"contractID":7001,"serviceID":9001,"allowRepeatService":true,"unitChange":0,"effectiveDate":"2026-05-04","adjustedUnitPrice":34.5500000001,"adjustedUnitCost":0.1}',
  ],
  [
    'a contract service',
    (writer) =>
      writer.addContractService({
        contractExternalId: '7001',
        serviceExternalId: '9001',
        invoiceDescription: 'M365',
      }),
    'POST',
    'Contracts/7001/Services',
    '{"contractID":7001,"serviceID":9001,"invoiceDescription":"M365"}',
  ],
  [
    'a charge',
    (writer) => writer.createCharge(CHARGE),
    'POST',
    'Contracts/7001/Charges',
    '{"name":"Azure usage 2026-04","datePurchased":"2026-04-30","unitQuantity":1,"unitPrice":123.45,"unitCost":0.1,"isBillableToCompany":true,"contractID":7001,"billingCodeID":31,"internalPurchaseOrderNumber":"c1/a1/s1/2026-04","chargeType":9}',
  ],
  [
    'a changed charge, null emptying a member and an absent one staying',
    (writer) =>
      writer.updateCharge(
        { externalId: '55', contractExternalId: '7001' },
        { unitPrice: new Decimal('9999999999999999.9999'), description: null, name: undefined },
      ),
    'PATCH',
    'Contracts/7001/Charges',
    '{"id":55,"description":null,"unitPrice":9999999999999999.9999}',
  ],
  [
    'the removal of a charge',
    (writer) => writer.deleteCharge({ externalId: '55', contractExternalId: '7001' }),
    'DELETE',
    'Contracts/7001/Charges/55',
    '',
  ],
  [
    'a contract',
    (writer) =>
      writer.createContract({
        companyExternalId: '174',
        name: 'Cloud',
        number: 'c1/a1',
        periodType: 'yearly',
        startsOn: ON,
        endsOn: localDate('2027-05-03'),
        customFields: { 'Marketplace Reference': 'x' },
      }),
    'POST',
    'Contracts',
    '{"companyID":174,"contractName":"Cloud","contractNumber":"c1/a1","startDate":"2026-05-04","endDate":"2027-05-03","userDefinedFields":[{"name":"Marketplace Reference","value":"x"}],"contractType":7,"status":1,"contractPeriodType":13,"timeReportingRequiresStartAndStopTimes":0,"setupFee":0}',
  ],
  [
    'the new end of a contract',
    (writer) => writer.extendContract('7001', localDate('2027-12-31')),
    'PATCH',
    'Contracts',
    '{"id":7001,"endDate":"2027-12-31"}',
  ],
  [
    'a service, without a member that the instance lacks',
    (writer) =>
      writer.createService({
        name: 'M365',
        sku: 'CFQ7',
        periodType: 'monthly',
        unitPrice: new Decimal('10.0000'),
        unitCost: new Decimal('8'),
        billingCodeExternalId: '31',
      }),
    'POST',
    'Services',
    '{"name":"M365","unitPrice":10,"unitCost":8,"billingCodeID":31,"periodType":2,"isActive":true}',
  ],
  [
    'a company',
    (writer) =>
      writer.createCompany({ name: 'A & B', type: 'customer', phone: '1', ownerExternalId: '29682885' }),
    'POST',
    'Companies',
    '{"companyName":"A & B","companyType":1,"phone":"1","ownerResourceID":29682885}',
  ],
  [
    'a changed company',
    (writer) => writer.updateCompany('174', { isActive: false, webAddress: null, type: 'Vendor' }),
    'PATCH',
    'Companies',
    '{"id":174,"companyType":21,"isActive":false,"webAddress":null}',
  ],
  [
    'a contact, below its company and with the flag as a number',
    (writer) => writer.createContact('174', { firstName: 'Ada', lastName: 'L', email: 'ada@example.org' }),
    'POST',
    'Companies/174/Contacts',
    '{"companyID":174,"firstName":"Ada","lastName":"L","isActive":1,"emailAddress":"ada@example.org"}',
  ],
  [
    'a changed contact',
    (writer) => writer.updateContact('174', '5', { isActive: false, title: null }),
    'PATCH',
    'Companies/174/Contacts',
    '{"id":5,"isActive":0,"title":null}',
  ],
  [
    'an opportunity',
    (writer) =>
      writer.createOpportunity({
        companyExternalId: '174',
        ownerExternalId: '3',
        title: 'More seats',
        amount: new Decimal('1200.10'),
        cost: new Decimal(0),
        probability: 50,
        startsOn: ON,
        projectedCloseOn: ON,
        stage: '2',
        status: '1',
      }),
    'POST',
    'Opportunities',
    '{"companyID":174,"ownerResourceID":3,"title":"More seats","amount":1200.1,"cost":0,"probability":50,"startDate":"2026-05-04","projectedCloseDate":"2026-05-04","stage":2,"status":1,"useQuoteTotals":false}',
  ],
  [
    'a changed opportunity',
    (writer) => writer.updateOpportunity('12', { amount: new Decimal('0.0001') }),
    'PATCH',
    'Opportunities',
    '{"id":12,"amount":0.0001}',
  ],
  [
    'a ticket',
    (writer) =>
      writer.createTicket({
        companyExternalId: '174',
        title: 'Help',
        status: '1',
        priority: '2',
        queue: '29682833',
        dueAt: new Date('2026-05-06T10:00:00.000Z'),
      }),
    'POST',
    'Tickets',
    '{"companyID":174,"title":"Help","status":1,"priority":2,"queueID":29682833,"dueDateTime":"2026-05-06T10:00:00.000Z"}',
  ],
  [
    'a changed ticket',
    (writer) => writer.updateTicket('70', { status: '5', contactExternalId: null }),
    'PATCH',
    'Tickets',
    '{"id":70,"contactID":null,"status":5}',
  ],
  [
    'a note of a ticket',
    (writer) => writer.createTicketNote('70', { title: 'T', description: 'D', type: '3', visibility: '1' }),
    'POST',
    'Tickets/70/Notes',
    '{"ticketID":70,"title":"T","description":"D","noteType":3,"publish":1}',
  ],
  [
    'a changed note',
    (writer) => writer.updateTicketNote('70', '8', { description: 'E' }),
    'PATCH',
    'Tickets/70/Notes',
    '{"id":8,"description":"E"}',
  ],
];
