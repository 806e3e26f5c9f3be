import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Decimal } from 'decimal.js';
import { expect, describe, it, onTestFinished } from 'vitest';
import { CLOCK_AT_NOON, CREDENTIALS } from '../../test/contract/scripted-autotask.js';
import { localDate } from '../kernel/local-date.js';
import type { NewCharge, PsaWriter } from '../ports/psa/psa-writes.js';
import { DEFAULT_AUTOTASK_OPTIONS } from './autotask-options.js';
import { AutotaskAdapter } from './autotask.adapter.js';

interface Sent {
  method: string;
  path: string;
  /** As it came over the wire, since parsing would hide what becomes of the digits. */
  body: string;
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

const METADATA = {
  pickLists: {
    companyType: { 1: 'Kunde', 21: 'Vendor' },
    contractPeriodType: { 12: 'Monthly', 13: 'Yearly' },
    servicePeriodType: {},
    chargeType: { 4: 'Capitalized', 9: 'Operational' },
  },
  absentFields: { Services: ['sku'] },
};

/** A writer, and what it sends to a server that gives this answer to everything. */
async function writerAnswered(answer = '{"itemId":29683664}'): Promise<{ writer: PsaWriter; sent: Sent[] }> {
  const sent: Sent[] = [];
  const server = createServer((request, response) => {
    void textOf(request).then((body) => {
      const path = (request.url ?? '').replace('/zone/V1.0/', '');
      sent.push({ method: request.method ?? '', path, body });
      response.writeHead(200, { 'content-type': 'application/json' }).end(answer);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const adapter = new AutotaskAdapter({ ...DEFAULT_AUTOTASK_OPTIONS, discoveryUrl: origin }, CLOCK_AT_NOON);
  const instance = {
    id: '1',
    zoneName: '',
    apiUrl: `${origin}/zone/`,
    webUrl: '',
    internalCurrency: 'EUR',
    metadata: METADATA,
  };
  const { writer } = adapter.openSession({ credentials: CREDENTIALS, instance });
  onTestFinished(async () => {
    await adapter.close();
    server.close();
  });
  if (writer === undefined) throw new Error('The session has no writer');
  return { writer, sent };
}

const ON = localDate('2026-05-04');
const CHARGE: NewCharge = {
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

type Write = (writer: PsaWriter) => Promise<unknown>;

const WRITES: [string, Write, string, string, string][] = [
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

describe('the writer', () => {
  it.each(WRITES)('sends %s', async (_what, write, method, path, body) => {
    const { writer, sent } = await writerAnswered();
    expect(await write(writer)).toEqual({ externalId: '29683664' });
    expect(sent).toEqual([{ method, path, body }]);
  });

  it.each([
    ['{"itemId":null}', null],
    ['{}', null],
    ['{"itemId":0}', '0'],
    ['{"itemId":"29683664"}', '29683664'],
    ['{"itemId":12345678901234567890}', '12345678901234567890'],
    ['{"itemId":{"odd":true}}', null],
  ])('takes the answer %s for a success', async (answer, externalId) => {
    const { writer } = await writerAnswered(answer);
    expect(await writer.extendContract('7001', ON)).toEqual({ externalId });
  });

  it.each<[string, Write, string]>([
    [
      'a part of a unit',
      (writer) =>
        writer.applyAdjustment({
          target: { contractServiceExternalId: '1' },
          unitChange: new Decimal('0.5'),
          effectiveOn: ON,
        }),
      'whole numbers',
    ],
    [
      'a reference that would be cut',
      (writer) => writer.createCharge({ ...CHARGE, reference: 'x'.repeat(51) }),
      '50 characters',
    ],
    [
      'a reference with blanks around it',
      (writer) => writer.createCharge({ ...CHARGE, reference: ' x' }),
      '50 characters',
    ],
    [
      'an unknown billing period',
      (writer) =>
        writer.createService({
          name: 'x',
          periodType: 'unknown',
          unitPrice: new Decimal(1),
          unitCost: new Decimal(1),
          billingCodeExternalId: '1',
        }),
      'billing period',
    ],
    [
      'a company type the instance does not have',
      (writer) => writer.updateCompany('1', { type: 'friend' }),
      "type 'friend'",
    ],
  ])('refuses %s without sending it', async (_what, write, words) => {
    const { writer, sent } = await writerAnswered();
    await expect(write(writer)).rejects.toMatchObject({
      code: 'psa.request_rejected',
      detail: expect.stringContaining(words),
    });
    expect(sent).toEqual([]);
  });

  it.each<[string, Write]>([
    ['a path', (writer) => writer.deleteCharge({ externalId: '1/../2', contractExternalId: '1' })],
    ['a body', (writer) => writer.updateTicket('1 or 1', {})],
  ])('lets nothing but an id into %s', async (_where, write) => {
    const { writer, sent } = await writerAnswered();
    await expect(write(writer)).rejects.toBeInstanceOf(RangeError);
    expect(sent).toEqual([]);
  });
});

describe('looking for a charge by its reference', () => {
  const row = (id: number, reference: string) => ({
    id,
    contractID: 7001,
    name: 'Azure',
    description: null,
    datePurchased: '2026-04-30T00:00:00Z',
    unitQuantity: 1,
    unitPrice: 5,
    unitCost: 4,
    isBillableToCompany: true,
    isBilled: false,
    internalPurchaseOrderNumber: reference,
  });
  const answerOf = (...rows: object[]) => JSON.stringify({ items: rows, pageDetails: { nextPageUrl: null } });

  it('gives the charge, comparing exactly where Autotask may not', async () => {
    const { writer, sent } = await writerAnswered(answerOf(row(1, 'C1/X'), row(2, 'c1/x')));
    expect(await writer.findChargeByReference('c1/x')).toMatchObject({
      externalId: '2',
      contractExternalId: '7001',
      reference: 'c1/x',
      chargedOn: '2026-04-30',
      isBilled: false,
    });
    expect(JSON.parse(sent[0]?.body ?? '')).toMatchObject({
      filter: [{ op: 'eq', field: 'internalPurchaseOrderNumber', value: 'c1/x' }],
    });
  });

  it('gives nothing when there is none', async () => {
    const { writer } = await writerAnswered(answerOf());
    expect(await writer.findChargeByReference('c1/x')).toBeNull();
  });

  it('says when several carry it', async () => {
    const { writer } = await writerAnswered(answerOf(row(1, 'c1/x'), row(2, 'c1/x')));
    await expect(writer.findChargeByReference('c1/x')).rejects.toMatchObject({
      code: 'psa.reference_ambiguous',
      context: { externalIds: ['1', '2'] },
    });
  });
});
