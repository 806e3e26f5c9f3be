import { Inject, Injectable } from '@nestjs/common';
import type { LocalDate } from '../../kernel/local-date.js';
import {
  RECURRING_AMOUNT_READER,
  type RecurringAmount,
  type RecurringAmountReader,
  type RecurringConnection,
} from '../domain/recurring-amount.js';

/** What contracts bill in a month; whoever asks has found the connections for the caller's tenant. */
@Injectable()
export class RecurringAmounts {
  constructor(@Inject(RECURRING_AMOUNT_READER) private readonly reader: RecurringAmountReader) {}

  of(connection: RecurringConnection, day: LocalDate): Promise<RecurringAmount> {
    return this.reader.of(connection, day);
  }
}
