import type { MergeCounts } from '../../../src/contracts/domain/mirror-store.js';
import { newId } from '../../../src/kernel/ids.js';
import type { PsaEntity, PsaRecords } from '../../../src/ports/psa/psa-records.js';
import { openInstallation, type TestInstallation } from './installation.builder.js';
import { buildServices, type TestServices } from './services.builder.js';
import { storedConnection } from '../stored-connection.js';

/** An installation whose mirror is written record by record, for a connection of each test's own. */
export class MirrorScenario {
  connectionId = '';

  private constructor(
    private readonly installation: TestInstallation,
    private readonly services: TestServices,
  ) {}

  static async open(): Promise<MirrorScenario> {
    const installation = await openInstallation();
    return new MirrorScenario(installation, buildServices(installation));
  }

  async begin(): Promise<void> {
    this.connectionId = await storedConnection(this.installation, this.services);
  }

  merge<E extends PsaEntity>(entity: E, record: PsaRecords[E]): Promise<MergeCounts> {
    return this.mergeAll(entity, [record]);
  }

  mergeAll<E extends PsaEntity>(entity: E, records: PsaRecords[E][]): Promise<MergeCounts> {
    const { connectionId } = this;
    const page = { connectionId, pullId: newId(), entity, pageNumber: 0, records };
    return this.installation.transactions.run((tx) => this.services.mirror.writePage(tx, page));
  }

  /** The columns of a stored record: numbers as text, dates as JSON writes them, so that nothing passes through a driver's idea of them. */
  async valuesOf(table: string, externalId: string): Promise<Record<string, unknown>> {
    const [found] = await this.installation.query<{ row: Record<string, unknown> }>(
      `SELECT jsonb_object_agg(key, CASE jsonb_typeof(value) WHEN 'number' THEN to_jsonb(value #>> '{}') ELSE value END) AS row
       FROM ${table} AS mirrored, jsonb_each(to_jsonb(mirrored)) WHERE connection_id = $1 AND external_id = $2`,
      [this.connectionId, externalId],
    );
    const { connection_id: _, external_id: __, ...values } = found?.row ?? {};
    return values;
  }

  /** @param sql `$1` is the connection */
  query<Row extends object>(sql: string): Promise<Row[]> {
    return this.installation.query<Row>(sql, [this.connectionId]);
  }

  close(): Promise<void> {
    return this.installation.close();
  }
}
