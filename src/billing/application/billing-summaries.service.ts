import { Inject, Injectable } from '@nestjs/common';
import type { Connection } from '../../connections/domain/connection.js';
import {
  BILLING_SUMMARY_READER,
  type BillingSummary,
  type BillingSummaryReader,
} from '../domain/billing-summary.js';

/** What waits for somebody, by connection; whoever asks has found the connections for the caller's tenant. */
@Injectable()
export class BillingSummaries {
  constructor(@Inject(BILLING_SUMMARY_READER) private readonly reader: BillingSummaryReader) {}

  async of(
    connections: readonly Pick<Connection, 'id' | 'currency'>[],
  ): Promise<ReadonlyMap<string, BillingSummary>> {
    const summaries = await this.reader.of(connections);
    return new Map(summaries.map((summary) => [summary.connectionId, summary]));
  }
}
