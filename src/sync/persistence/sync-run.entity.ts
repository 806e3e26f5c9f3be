import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { PsaEntity } from '../../ports/psa/psa-records.js';
import type { ChangeTracking } from '../../ports/psa/psa-session.port.js';
import type { PullStep, Rejection, SyncMode, SyncRunState, SyncTrigger } from '../domain/sync-run.js';

@Entity({ name: 'sync_run' })
export class SyncRunEntity {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'sync_run_pk' })
  id!: string;

  @Column({ name: 'connection_id', type: 'uuid' })
  connectionId!: string;

  @Column({ name: 'tenant_id', type: 'text' })
  tenantId!: string;

  @Column({ type: 'text' })
  trigger!: SyncTrigger;

  @Column({ type: 'text' })
  mode!: SyncMode;

  @Column({ type: 'text' })
  state!: SyncRunState;

  @Column({ name: 'scheduled_for', type: 'timestamptz', precision: 3, nullable: true })
  scheduledFor!: Date | null;

  @Column({ name: 'correlation_id', type: 'text' })
  correlationId!: string;

  @Column({ name: 'created_at', type: 'timestamptz', precision: 3 })
  createdAt!: Date;

  @Column({ name: 'started_at', type: 'timestamptz', precision: 3, nullable: true })
  startedAt!: Date | null;

  @Column({ name: 'finished_at', type: 'timestamptz', precision: 3, nullable: true })
  finishedAt!: Date | null;

  @Column({ name: 'touched_at', type: 'timestamptz', precision: 3 })
  touchedAt!: Date;

  @Column({ name: 'lease_token', type: 'uuid', nullable: true })
  leaseToken!: string | null;

  @Column({ name: 'api_calls', type: 'integer' })
  apiCalls!: number;

  @Column({ name: 'error_code', type: 'text', nullable: true })
  errorCode!: string | null;

  @Column({ name: 'error_detail', type: 'text', nullable: true })
  errorDetail!: string | null;

  @Column({ name: 'resumes_at', type: 'timestamptz', precision: 3, nullable: true })
  resumesAt!: Date | null;

  @Column({ name: 'wait_code', type: 'text', nullable: true })
  waitCode!: string | null;

  @Column({ name: 'wait_detail', type: 'text', nullable: true })
  waitDetail!: string | null;

  @Column({ name: 'waiting_since', type: 'timestamptz', precision: 3, nullable: true })
  waitingSince!: Date | null;

  /** Waits since something was stored. */
  @Column({ type: 'integer' })
  waits!: number;

  /** Jobs the run was given after its first one. */
  @Column({ type: 'integer' })
  continuations!: number;

  /** How often it was put back because its worker was gone. */
  @Column({ type: 'integer' })
  recoveries!: number;
}

@Entity({ name: 'sync_run_entity' })
export class SyncRunEntityEntity {
  @PrimaryColumn({ name: 'run_id', type: 'uuid', primaryKeyConstraintName: 'sync_run_entity_pk' })
  runId!: string;

  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'sync_run_entity_pk' })
  entity!: PsaEntity;

  /** Place in the order of the pull. */
  @Column({ type: 'integer' })
  position!: number;

  @Column({ type: 'text' })
  step!: PullStep;

  @Column({ type: 'text' })
  tracking!: ChangeTracking;

  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  since!: Date | null;

  @Column({ name: 'after_external_id', type: 'text', nullable: true })
  afterExternalId!: string | null;

  @Column({ name: 'contracts_through', type: 'text', nullable: true })
  contractsThrough!: string | null;

  @Column({ name: 'highest_external_id', type: 'text', nullable: true })
  highestExternalId!: string | null;

  @Column({ type: 'integer', nullable: true })
  expected!: number | null;

  @Column({ name: 'was_empty', type: 'boolean', default: false })
  wasEmpty!: boolean;

  @Column({ name: 'next_cursor', type: 'text', nullable: true })
  nextCursor!: string | null;

  @Column({ type: 'integer' })
  pages!: number;

  @Column({ name: 'is_complete', type: 'boolean' })
  isComplete!: boolean;

  @Column({ type: 'integer' })
  read!: number;

  @Column({ type: 'integer' })
  created!: number;

  @Column({ type: 'integer' })
  updated!: number;

  @Column({ type: 'integer' })
  deleted!: number;

  @Column({ type: 'jsonb', default: [] })
  rejections!: Rejection[];
}
