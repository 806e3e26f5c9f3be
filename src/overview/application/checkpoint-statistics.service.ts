import { Inject, Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { METRICS, type Metrics } from '../../platform/metrics/metrics.js';
import { gaugeReadAtScrape } from '../../platform/metrics/read-at-scrape.js';
import { PSA_CONNECTOR_DATA_SOURCE } from '../../platform/persistence/data-source.js';
import { rowsOf } from '../../platform/persistence/sql.js';
import { AUDIT_ANCHOR, type AuditAnchor } from '../../ports/host/audit-anchor.port.js';

const UNPUBLISHED = {
  name: 'psa_connector_audit_unpublished_checkpoints',
  help: 'Signed checkpoints of the audit log that the anchor has not taken',
};

/** Shows whether checkpoints reach the host's anchor; nothing where there is no anchor or no `prom-client`. */
@Injectable()
export class CheckpointStatistics {
  constructor(
    @Inject(METRICS) metrics: Metrics | null,
    @Inject(AUDIT_ANCHOR) anchor: AuditAnchor | null,
    @InjectDataSource(PSA_CONNECTOR_DATA_SOURCE) dataSource: DataSource,
  ) {
    if (metrics === null || anchor === null) return;
    gaugeReadAtScrape(metrics, UNPUBLISHED, async () => {
      const sql = 'SELECT count(*)::int AS count FROM audit_checkpoint WHERE published_at IS NULL';
      const [row] = await rowsOf<{ count: number }>(dataSource.manager, sql);
      return { all: row?.count ?? 0 };
    });
  }
}
