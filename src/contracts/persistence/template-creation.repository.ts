import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import type { Transaction } from '../../kernel/transaction.js';
import { PSA_CONNECTOR_DATA_SOURCE } from '../../platform/persistence/data-source.js';
import { rowsOf } from '../../platform/persistence/sql.js';
import { managerOf } from '../../platform/persistence/transaction-runner.js';
import type { MappingKind } from '../domain/mapping.js';
import type { TemplateCreation, TemplateCreationStore } from '../domain/template-creation.js';

@Injectable()
export class TemplateCreationRepository implements TemplateCreationStore {
  constructor(@InjectDataSource(PSA_CONNECTOR_DATA_SOURCE) private readonly dataSource: DataSource) {}

  async find<K extends MappingKind>(
    connectionId: string,
    kind: K,
    subjectKey: string,
    reference: string,
    tx?: Transaction,
  ): Promise<TemplateCreation<K> | null> {
    const [row] = await rowsOf<TemplateCreation<K>>(
      tx === undefined ? this.dataSource.manager : managerOf(tx),
      `SELECT id, connection_id AS "connectionId", kind, subject_key AS "subjectKey", reference, record,
         external_id AS "externalId", leased_until AS "leasedUntil", started_at AS "startedAt"
       FROM template_creation
       WHERE connection_id = $1 AND kind = $2
         AND ((subject_key = $3 AND external_id IS NULL) OR reference = $4)
       ORDER BY external_id IS NULL DESC, subject_key = $3 DESC LIMIT 1`,
      [connectionId, kind, subjectKey, reference],
    );
    return row ?? null;
  }

  async insert(tx: Transaction, creation: TemplateCreation<MappingKind>): Promise<void> {
    const { id, connectionId, kind, subjectKey, reference, record, externalId, leasedUntil, startedAt } =
      creation;
    await rowsOf(
      managerOf(tx),
      `INSERT INTO template_creation
         (id, connection_id, kind, subject_key, reference, record, external_id, leased_until, started_at)
       VALUES ($1, $2, $3, $4, $5, $6::jsonb, $7, $8, $9)`,
      [
        id,
        connectionId,
        kind,
        subjectKey,
        reference,
        JSON.stringify(record),
        externalId,
        leasedUntil,
        startedAt,
      ],
    );
  }

  async extendLease(tx: Transaction, id: string, until: Date): Promise<void> {
    await rowsOf(managerOf(tx), 'UPDATE template_creation SET leased_until = $2 WHERE id = $1', [id, until]);
  }

  async finish(tx: Transaction, id: string, externalId: string): Promise<void> {
    await rowsOf(managerOf(tx), 'UPDATE template_creation SET external_id = $2 WHERE id = $1', [
      id,
      externalId,
    ]);
  }

  async remove(tx: Transaction, id: string): Promise<void> {
    await rowsOf(managerOf(tx), 'DELETE FROM template_creation WHERE id = $1', [id]);
  }
}
