import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import type { LocalDate } from '../../kernel/local-date.js';
import { MoneyDecimal } from '../../kernel/money.js';
import { PSA_CONNECTOR_DATA_SOURCE } from '../../platform/persistence/data-source.js';
import { rowsOf } from '../../platform/persistence/sql.js';
import type { LineInForce, MirroredLineReader } from '../domain/mirrored-lines.js';

interface LineRow {
  externalId: string;
  units: string | null;
  unitPrice: string | null;
  unitCost: string | null;
}

const decimalOrNull = (text: string | null) => (text === null ? null : new MoneyDecimal(text));

@Injectable()
export class MirroredLineRepository implements MirroredLineReader {
  constructor(@InjectDataSource(PSA_CONNECTOR_DATA_SOURCE) private readonly dataSource: DataSource) {}

  async linesInForce(
    connectionId: string,
    externalIds: readonly string[],
    day: LocalDate,
  ): Promise<LineInForce[]> {
    const rows = await rowsOf<LineRow>(
      this.dataSource.manager,
      `SELECT line.external_id AS "externalId", unit.units, line.unit_price AS "unitPrice", line.unit_cost AS "unitCost"
       FROM psa_contract_service AS line
       LEFT JOIN LATERAL (
         SELECT units FROM psa_contract_service_unit
         WHERE connection_id = line.connection_id AND contract_service_external_id = line.external_id
           AND starts_on <= $3::date AND ends_on >= $3::date
         ORDER BY starts_on DESC, posted_at IS NULL DESC LIMIT 1
       ) AS unit ON true
       WHERE line.connection_id = $1 AND line.external_id = ANY($2::text[])`,
      [connectionId, externalIds, day],
    );
    return rows.map(({ externalId, units, unitPrice, unitCost }) => ({
      externalId,
      units: Number(units ?? '0'),
      unitPrice: decimalOrNull(unitPrice),
      unitCost: decimalOrNull(unitCost),
    }));
  }
}
