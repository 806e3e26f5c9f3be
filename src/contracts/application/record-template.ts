import type { AuditOperation } from '../../audit/domain/audit-operations.js';
import type { PsaWriter, WriteReceipt } from '../../ports/psa/psa-writes.js';
import type { MappingKeys, MappingKind, MappingScope } from '../domain/mapping.js';
import type { Filled, TemplateRecords } from '../domain/template-records.js';
import type { MappingBinding } from './mapping-binding.js';

/** A template filled for one subject. */
export interface FilledTemplate<K extends MappingKind> extends Filled<TemplateRecords[K]> {
  key: MappingKeys[K];
  /** Name of the subject, for people. */
  label: string;
  /** Our key on the record. */
  reference: string;
}

/** What is particular to creating the PSA record of one kind of mapping. */
export interface RecordTemplate<K extends MappingKind, Wishes> {
  readonly binding: MappingBinding<K>;
  readonly operation: AuditOperation;
  /**
   * The record that would be created, and what it still lacks; nothing is sent.
   * @throws MappingRefusedError when such a record could not be mapped; the not-found error of the subject
   */
  fill(scope: MappingScope, wishes: Wishes): Promise<FilledTemplate<K>>;
  send(writer: PsaWriter, record: TemplateRecords[K], signal: AbortSignal): Promise<WriteReceipt>;
}
