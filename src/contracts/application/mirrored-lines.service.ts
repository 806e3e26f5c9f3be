import { Inject, Injectable } from '@nestjs/common';
import type { LocalDate } from '../../kernel/local-date.js';
import { type LineInForce, MIRRORED_LINE_READER, type MirroredLineReader } from '../domain/mirrored-lines.js';

/** For scheduled work and billing: what the mirror shows of contract services. Checks no permission. */
@Injectable()
export class MirroredLines {
  constructor(@Inject(MIRRORED_LINE_READER) private readonly reader: MirroredLineReader) {}

  /** Those of the contract services that are mirrored, by id. */
  async inForce(
    connectionId: string,
    externalIds: readonly string[],
    day: LocalDate,
  ): Promise<Map<string, LineInForce>> {
    const lines = await this.reader.linesInForce(connectionId, externalIds, day);
    return new Map(lines.map((line) => [line.externalId, line]));
  }
}
