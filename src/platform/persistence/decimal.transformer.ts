import type { Decimal } from 'decimal.js';
import type { ValueTransformer } from 'typeorm';
import { MoneyDecimal } from '../../kernel/money.js';

/** `numeric` columns travel as text; this keeps them exact on both ways. */
export const decimalTransformer: ValueTransformer = {
  to: (value: Decimal | null | undefined): string | null | undefined =>
    value?.toFixed() ?? (value as null | undefined),
  from: (text: string | null): Decimal | null => (text === null ? null : new MoneyDecimal(text)),
};
