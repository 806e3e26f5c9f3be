import { describe, expect, it } from 'vitest';
import { changeConditions, changeFieldsOf, changesShown } from './change-fields.js';

const SINCE = new Date('2026-05-04T11:45:00.000Z');

describe('changes of an entity', () => {
  it.each([
    [
      'Companies',
      ['lastTrackedModifiedDateTime', 'lastActivityDate'],
      'edits',
      ['lastTrackedModifiedDateTime'],
    ],
    ['Companies', ['lastActivityDate'], 'some edits', ['lastActivityDate']],
    ['Companies', [], 'new rows', []],
    ['Contracts', [], 'new rows', []],
    ['ContractServiceUnits', ['approveAndPostDate'], 'some edits', ['approveAndPostDate']],
    ['BillingItems', ['postedOnTime', 'postedDate'], 'some edits', ['postedOnTime', 'postedDate']],
    ['ContractServices', ['lastModifiedDate'], 'new rows', []],
  ] as const)('%s with %j show %s', (entity, usable, tracking, fields) => {
    expect(changesShown(entity, usable)).toEqual({ tracking, fields });
  });

  it('are asked of the instance by every field that could show them', () => {
    expect(changeFieldsOf('Contacts')).toEqual(['lastModifiedDate', 'lastActivityDate']);
    expect(changeFieldsOf('ContractServices')).toEqual([]);
  });

  it('are found by time or by a new id', () => {
    const scope = { kind: 'changes', since: SINCE, afterExternalId: '9007199254740993' } as const;
    expect(JSON.stringify(changeConditions(scope, ['lastModifiedDate']))).toBe(
      '[{"op":"or","items":[{"op":"gte","field":"lastModifiedDate","value":"2026-05-04T11:45:00.000Z"},' +
        '{"op":"gt","field":"id","value":9007199254740993}]}]',
    );
    expect(JSON.stringify(changeConditions(scope, []))).toBe(
      '[{"op":"gt","field":"id","value":9007199254740993}]',
    );
  });

  it('are everything where nothing is known yet', () => {
    const scope = { kind: 'changes', since: SINCE, afterExternalId: null } as const;
    expect(changeConditions(scope, ['lastModifiedDate'])).toEqual([]);
  });
});
