import type { LocalDate } from '../../kernel/local-date.js';
import type { Detected, FileReading, ImportOptions } from './import-options.js';
import type { ImportFormat } from './imported-line.js';
import type { LineDraft } from './line-draft.js';
import type { LineProblem } from './line-problem.js';

export const IMPORT_STATES = ['queued', 'running', 'succeeded', 'failed'] as const;
export type ImportState = (typeof IMPORT_STATES)[number];

/** Lines of a file by what became of them. */
export interface LineCounts {
  read: number;
  /** Kept, because they are new or corrected. */
  accepted: number;
  rejected: number;
  /** There already, with the same values. */
  unchanged: number;
}

/** One file and what became of it. */
export interface BillingImport {
  id: string;
  tenantId: string;
  fileName: string | null;
  /** Of the bytes as they came, in hexadecimal digits. */
  contentSha256: string;
  contentBytes: number;
  format: ImportFormat;
  /** The month of all its lines; null while unknown, or when they are of several. */
  billingMonth: LocalDate | null;
  options: ImportOptions;
  reading: FileReading;
  detected: Detected;
  state: ImportState;
  lines: LineCounts;
  /** Lines of earlier files that this one corrected. */
  superseded: number;
  error: { code: string; detail: string } | null;
  correlationId: string;
  createdBy: { id: string; name: string };
  createdAt: Date;
  startedAt: Date | null;
  finishedAt: Date | null;
}

/** A line that was not taken. */
export interface Rejection extends LineProblem {
  line: number;
}

/** A line on its way into the store. */
export type StagedLine =
  { line: number; draft: LineDraft; problem: null } | { line: number; draft: null; problem: LineProblem };
