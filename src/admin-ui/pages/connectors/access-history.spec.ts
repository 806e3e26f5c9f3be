import { describe, expect, it } from 'vitest';
import { notPassedOf } from './access-history.js';

describe('notPassedOf', () => {
  it('reads what an audit entry says of a check', () => {
    const notPassed = [{ id: 'sign_in', outcome: 'failed', detail: 'Refused.' }, 'no check', null];
    expect(notPassedOf({ details: { accessCheck: { notPassed } } })).toEqual([
      { id: 'sign_in', outcome: 'failed', detail: 'Refused.' },
    ]);
  });

  it.each([[null], [{}], [{ accessCheck: null }], [{ accessCheck: { notPassed: 'none' } }]])(
    'finds nothing in %j',
    (details) => {
      expect(notPassedOf({ details })).toEqual([]);
    },
  );
});
