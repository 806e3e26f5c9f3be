import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { AccessReport } from '../../ports/psa/access-report.js';
import type { CapabilitySet } from '../../ports/psa/capabilities.js';
import type { ConnectionState } from '../domain/connection.js';
import { DEFAULT_POLICIES, type PoliciesJson, policiesToJson } from '../domain/connection-policies.js';

@Entity({ name: 'connection' })
export class ConnectionEntity {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'connection_pk' })
  id!: string;

  @Column({ name: 'tenant_id', type: 'text' })
  tenantId!: string;

  @Column({ name: 'root_tenant_id', type: 'text' })
  rootTenantId!: string;

  @Column({ type: 'text' })
  provider!: string;

  @Column({ type: 'text' })
  alias!: string;

  @Column({ type: 'text' })
  currency!: string;

  @Column({ type: 'text' })
  state!: ConnectionState;

  @Column({ type: 'text' })
  username!: string;

  @Column({ name: 'instance_id', type: 'text' })
  instanceId!: string;

  @Column({ name: 'zone_name', type: 'text' })
  zoneName!: string;

  @Column({ name: 'api_url', type: 'text' })
  apiUrl!: string;

  @Column({ name: 'web_url', type: 'text' })
  webUrl!: string;

  @Column({ name: 'internal_currency', type: 'text', nullable: true })
  internalCurrency!: string | null;

  @Column({ name: 'instance_metadata', type: 'jsonb' })
  instanceMetadata!: object;

  @Column({ type: 'jsonb' })
  capabilities!: CapabilitySet;

  @Column({ name: 'access_report', type: 'jsonb' })
  accessReport!: AccessReport;

  @Column({ type: 'jsonb', default: policiesToJson(DEFAULT_POLICIES) })
  policies!: PoliciesJson;

  @Column({ name: 'created_at', type: 'timestamptz', precision: 3 })
  createdAt!: Date;

  @Column({ name: 'created_by_id', type: 'text' })
  createdById!: string;

  @Column({ name: 'created_by_name', type: 'text' })
  createdByName!: string;

  /** Tick of the schedule the last unattended check was started for; null before the first. */
  @Column({ name: 'check_scheduled_for', type: 'timestamptz', precision: 3, nullable: true })
  checkScheduledFor!: Date | null;

  @Column({ name: 'removed_at', type: 'timestamptz', precision: 3, nullable: true })
  removedAt!: Date | null;
}
