import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { PSA_CONNECTOR_DATA_SOURCE } from '../../platform/persistence/data-source.js';
import { rowsOf } from '../../platform/persistence/sql.js';
import type { PushFigures, PushFiguresReader } from '../domain/push-figures.js';
import { OPEN } from './operation-row.js';

type Row = PushFigures['operations'] & Omit<PushFigures, 'operations'>;

/** Looks at open operations alone, which have an index of their own: those that are over grow without end. */
const FIGURES = `
  SELECT count(*) FILTER (WHERE operation.state = 'pending')::int AS pending,
    count(*) FILTER (WHERE operation.state = 'sending')::int AS sending,
    count(*) FILTER (WHERE operation.state = 'verifying')::int AS verifying,
    count(*) FILTER (WHERE operation.state = 'failed')::int AS failed,
    min(operation.created_at) FILTER (WHERE operation.state <> 'failed') AS "oldestSince",
    (SELECT count(*)::int FROM billing_push JOIN connection ON connection.id = connection_id
     WHERE stopped_at IS NOT NULL AND connection.state <> 'removed') AS "stoppedConnections"
  FROM billing_operation AS operation JOIN connection ON connection.id = operation.connection_id
  WHERE operation.state IN ${OPEN} AND connection.state <> 'removed'`;

@Injectable()
export class PushFiguresRepository implements PushFiguresReader {
  constructor(@InjectDataSource(PSA_CONNECTOR_DATA_SOURCE) private readonly dataSource: DataSource) {}

  async read(): Promise<PushFigures> {
    const [row] = await rowsOf<Row>(this.dataSource.manager, FIGURES);
    if (row === undefined) throw new Error('An aggregate always gives a row');
    const { oldestSince, stoppedConnections, ...operations } = row;
    return { operations, oldestSince, stoppedConnections };
  }
}
