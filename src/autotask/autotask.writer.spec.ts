import { Decimal } from 'decimal.js';
import { describe, expect, it } from 'vitest';
import { writerAnswered } from '../../test/contract/answered-writer.js';
import { CHARGE, ON, type Write, WRITES } from '../../test/contract/autotask-write-bodies.js';

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

describe('looking for a charge by its reference', () => {
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
