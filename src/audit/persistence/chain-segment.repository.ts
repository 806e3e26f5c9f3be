import { availableParallelism } from 'node:os';
import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { type ClientBase, escapeLiteral } from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import type { DataSource } from 'typeorm';
import { PSA_CONNECTOR_DATA_SOURCE } from '../../platform/persistence/data-source.js';
import type { ChainSegment, ChainSegmentChecker, SegmentResult } from '../domain/chain-segment.js';
import { AUDIT_COLUMNS } from './audit-row.js';
import { LocalLane, openLane, type SegmentLane } from './segment-thread.js';

/** Segments at a time, each with a connection and a thread: what two cores of ours and two of the database can do. */
const LANES = Math.min(2, availableParallelism());
const PLACE = /^\d{1,19}$/;
/** Bytes of a piece that is handed on, at least: handing over costs as much as hashing some entries. */
const PIECE_BYTES = 1 << 18;

/** `ChainSegmentChecker` that reads with COPY, the cheapest way out of the database, and hashes in threads beside the event loop. */
@Injectable()
export class ChainSegmentRepository implements ChainSegmentChecker {
  constructor(@InjectDataSource(PSA_CONNECTOR_DATA_SOURCE) private readonly dataSource: DataSource) {}

  async *check(tenantId: string, segments: Iterable<ChainSegment>): AsyncGenerator<SegmentResult> {
    const lanes: SegmentLane[] = [];
    const pending: Promise<SegmentResult>[] = [];
    try {
      let number = 0;
      for (const segment of segments) {
        // The first alone is not worth a thread: most logs have no more.
        if (number === 1) await this.openLanes(lanes);
        const oldest = pending.length < LANES ? undefined : pending.shift();
        if (oldest !== undefined) yield await oldest;
        // Results are taken in order, so the lane of the one just taken is free.
        const lane = number === 0 ? new LocalLane() : lanes[number % LANES];
        if (lane === undefined) throw new Error('There is no lane');
        const result = this.read(tenantId, segment, lane);
        // Whoever stops early does not wait for it, and its failure is then nobody's.
        result.catch(() => undefined);
        pending.push(result);
        number += 1;
      }
      for (const result of pending.splice(0)) yield await result;
    } finally {
      await Promise.allSettled(pending);
      await Promise.all(lanes.map((lane) => lane.close()));
    }
  }

  private async openLanes(lanes: SegmentLane[]): Promise<void> {
    lanes.push(...(await Promise.all(Array.from({ length: LANES }, openLane))));
  }

  private async read(
    tenantId: string,
    { after, through, signed }: ChainSegment,
    lane: SegmentLane,
  ): Promise<SegmentResult> {
    if (![after, through].every((place) => PLACE.test(place))) throw new TypeError('Not a place in a chain');
    const runner = this.dataSource.createQueryRunner();
    try {
      const client = (await runner.connect()) as ClientBase;
      lane.begin({ after, through, signed });
      // COPY takes no parameters.
      const sql = `COPY (SELECT ${AUDIT_COLUMNS} FROM audit_entry
        WHERE tenant_id = ${escapeLiteral(tenantId)} AND sequence > ${after} AND sequence <= ${through}
        ORDER BY sequence) TO STDOUT`;
      const stream = client.query(copyTo(sql));
      for await (const piece of inLargePieces(stream)) await lane.take(piece);
      return await lane.end();
    } finally {
      await runner.release();
    }
  }
}

async function* inLargePieces(stream: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  let pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of stream) {
    pieces.push(piece);
    size += piece.length;
    if (size < PIECE_BYTES) continue;
    yield joined(pieces, size);
    pieces = [];
    size = 0;
  }
  if (size > 0) yield joined(pieces, size);
}

function joined(pieces: readonly Uint8Array[], size: number): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(size);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
