import type { ReactNode } from 'react';
import type { Amount } from '../api/contracts.js';
import { isNegative, isZero } from './amounts.js';
import { formatAmount } from './format.js';

/** A difference in money, with its sign. */
export function SignedAmount({ value }: { value: Amount }): ReactNode {
  const text = formatAmount(value);
  return (
    <span style={{ whiteSpace: 'nowrap' }}>{isZero(value) || isNegative(value) ? text : `+${text}`}</span>
  );
}
