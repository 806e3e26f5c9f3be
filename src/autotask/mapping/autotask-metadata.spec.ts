import { describe, expect, it } from 'vitest';
import { autotaskMetadata } from './autotask-metadata.js';

describe('stored metadata', () => {
  it('is read back', () => {
    const stored = {
      pickLists: {
        companyType: { 1: 'Customer' },
        contractType: {},
        contractStatus: {},
        contractPeriodType: {},
        servicePeriodType: {},
        chargeType: {},
      },
      absentFields: { Services: ['sku'] },
      changeFields: { Services: ['lastModifiedDate'] },
      readAt: '2026-05-04T12:00:00.000Z',
      unreadableEntities: ['BillingItems'],
    };
    expect(autotaskMetadata(stored)).toEqual(stored);
  });

  it.each([
    {},
    { pickLists: null, absentFields: 7, unreadableEntities: 'x' },
    { pickLists: { companyType: ['x'] }, absentFields: { Services: 'x' } },
  ])('counts as empty when it is %j', (stored) => {
    const metadata = autotaskMetadata(stored);
    expect(metadata.pickLists.companyType).not.toHaveProperty('1');
    expect(metadata.absentFields['Services'] ?? []).toEqual([]);
    expect(metadata.changeFields).toEqual({});
    expect(metadata.readAt).toBeNull();
    expect(metadata.unreadableEntities).toEqual([]);
  });
});
