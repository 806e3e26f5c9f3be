import type { JobRequest } from '../../platform/queue/job-queue.js';

/** Queue of files that wait to be read; one job per import. */
export const IMPORT_QUEUE = 'billing-import';

export interface ImportJob {
  importId: string;
}

export function jobOf(importId: string): JobRequest<ImportJob> {
  return { queue: IMPORT_QUEUE, payload: { importId }, exclusiveKey: importId };
}
