import { availableParallelism } from 'node:os';
import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { type ClientBase, escapeLiteral } from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import type { DataSource } from 'typeorm';
import { PSA_CONNECTOR_DATA_SOURCE } from '../../platform/persistence/data-source.js';
import type { ChainSegment, ChainSegmentChecker, SegmentResult } from '../domain/chain-segment.js';
import { AUDIT_COLUMNS } from './audit-row.js';
import { inReadOnly } from './raw-rows.js';
import { LocalLane, openLane, type SegmentLane } from './segment-thread.js';

/** Segments at a time, each with a connection and a thread: what two cores of ours and two of the database can do. */
const LANES = Math.min(2, availableParallelism());
const PLACE = /^\d{1,19}$/;
/**
 * A segment is read along the index of places, of which each partition has one. Left to itself the planner takes a short month as a whole
 * for each of its segments, and sorts it.
 */
const IN_ORDER = `SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off; SET LOCAL enable_sort = off;
  SET LOCAL max_parallel_workers_per_gather = 0`;

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
      await inReadOnly(client, IN_ORDER, () => fill(lane, client.query(copyTo(sql))));
      return await lane.end();
    } finally {
      await runner.release();
    }
  }
}

/** Hands on what is read in pieces of the lane's memory. */
async function fill(lane: SegmentLane, stream: AsyncIterable<Uint8Array>): Promise<void> {
  let memory = new Uint8Array(await lane.memory());
  let length = 0;
  for await (const bytes of stream) {
    for (let from = 0; from < bytes.length;) {
      const through = Math.min(bytes.length, from + memory.length - length);
      memory.set(bytes.subarray(from, through), length);
      length += through - from;
      from = through;
      if (length < memory.length) continue;
      lane.take(memory.buffer, length);
      memory = new Uint8Array(await lane.memory());
      length = 0;
    }
  }
  lane.take(memory.buffer, length);
}
