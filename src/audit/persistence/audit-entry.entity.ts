import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { AuditDetails, AuditOutcome } from '../domain/audit-entry.js';

/** Describes the table to the comparison of schema and entities; reading and writing is hand-written SQL. */
@Entity({ name: 'audit_entry' })
export class AuditEntryEntity {
  @Column({ type: 'uuid' })
  id!: string;

  @PrimaryColumn({ name: 'tenant_id', type: 'text', primaryKeyConstraintName: 'audit_entry_pk' })
  tenantId!: string;

  @PrimaryColumn({ type: 'bigint', primaryKeyConstraintName: 'audit_entry_pk' })
  sequence!: string;

  @PrimaryColumn({
    name: 'occurred_at',
    type: 'timestamptz',
    precision: 3,
    primaryKeyConstraintName: 'audit_entry_pk',
  })
  occurredAt!: Date;

  @Column({ type: 'text' })
  operation!: string;

  @Column({ type: 'text' })
  outcome!: AuditOutcome;

  @Column({ name: 'actor_id', type: 'text' })
  actorId!: string;

  @Column({ name: 'actor_name', type: 'text' })
  actorName!: string;

  @Column({ name: 'connection_id', type: 'uuid', nullable: true })
  connectionId!: string | null;

  @Column({ name: 'subject_type', type: 'text' })
  subjectType!: string;

  @Column({ name: 'subject_id', type: 'text', nullable: true })
  subjectId!: string | null;

  @Column({ name: 'subject_label', type: 'text' })
  subjectLabel!: string;

  @Column({ type: 'jsonb' })
  details!: AuditDetails;

  @Column({ name: 'correlation_id', type: 'text' })
  correlationId!: string;

  @Column({ name: 'previous_hash', type: 'text' })
  previousHash!: string;

  @Column({ type: 'text' })
  hash!: string;
}
