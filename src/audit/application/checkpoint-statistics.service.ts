import { Inject, Injectable } from '@nestjs/common';
import { METRICS, type Metrics } from '../../platform/metrics/metrics.js';
import { gaugeReadAtScrape } from '../../platform/metrics/read-at-scrape.js';
import { AUDIT_ANCHOR, type AuditAnchor } from '../../ports/host/audit-anchor.port.js';
import { CHECKPOINT_STORE, type CheckpointStore } from '../domain/checkpoint-store.js';

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
    @Inject(CHECKPOINT_STORE) checkpoints: CheckpointStore,
  ) {
    if (metrics === null || anchor === null) return;
    gaugeReadAtScrape(metrics, UNPUBLISHED, async () => ({ all: await checkpoints.countUnpublished() }));
  }
}
