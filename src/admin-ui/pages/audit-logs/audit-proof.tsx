import { useState } from 'react';
import type { ReactNode } from 'react';
import { Button, Group, Stack, Text } from '@mantine/core';
import { exportAuditLog, verifyAuditLog } from '../../api/audit-entries.js';
import type { AuditExportFormat, ChainReport } from '../../api/audit-entries.js';
import { formatLocale } from '../../components/format.js';
import { ProblemNotice } from '../../components/problem-notice.js';
import { Notice } from '../../components/tone.js';
import { useAction } from '../../components/use-action.js';
import { useMessages } from '../../messages/messages.js';
import { useApi } from '../../session.js';
import { toAuditQuery } from './audit-filters.js';
import type { AuditFilters } from './audit-filters.js';

/** Gives a file to the browser's downloads; a link would go without the sign-in. */
function save(file: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  // The download has begun when the click returns; the browser holds on to what it needs.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

function ReportNotice({ report }: { report: ChainReport }): ReactNode {
  const { audit } = useMessages();
  const { problem, head, start, verified, checkpoints, areKeysCompared } = report;
  const count = verified.toLocaleString(formatLocale());
  return (
    <Notice
      tone={problem === null ? 'good' : 'bad'}
      role={problem === null ? 'status' : 'alert'}
      title={problem === null ? audit.intact(count) : audit.broken(problem.sequence)}
    >
      {problem === null ? null : (
        <p>
          {problem.detail} {audit.verifiedBefore(count)}
        </p>
      )}
      {start.sequence === '0' ? null : <p>{audit.sealed(start.sequence)}</p>}
      {checkpoints === 0 ? null : (
        <p>
          {audit.checkpointsCompared(checkpoints)} {areKeysCompared ? null : audit.keysNotCompared}
        </p>
      )}
      <p>
        {audit.headHash(head.sequence)} <code style={{ overflowWrap: 'anywhere' }}>{head.hash}</code>
      </p>
    </Notice>
  );
}

/** Verifies the log and exports it. */
export function AuditProof({ filters }: { filters: AuditFilters }): ReactNode {
  const { audit } = useMessages();
  const client = useApi();
  const [report, setReport] = useState<ChainReport | null>(null);
  const verify = useAction(async () => {
    setReport(null);
    setReport(await verifyAuditLog(client, new AbortController().signal));
  });
  const exporting = useAction(async (format: AuditExportFormat) => {
    save(await exportAuditLog(client, format, toAuditQuery(filters)), `audit-log.${format}`);
  });
  return (
    <Stack gap="sm">
      <Group gap="sm">
        <Button onClick={() => void verify.run()} loading={verify.isPending}>
          {audit.verify}
        </Button>
        <Button variant="default" loading={exporting.isPending} onClick={() => void exporting.run('csv')}>
          {audit.exportCsv}
        </Button>
        <Button variant="default" loading={exporting.isPending} onClick={() => void exporting.run('jsonl')}>
          {audit.exportJsonLines}
        </Button>
        <Text c="dimmed" size="sm">
          {audit.exportHint}
        </Text>
      </Group>
      {verify.isPending ? <Text role="status">{audit.verifying}</Text> : null}
      {verify.problem === null ? null : <ProblemNotice title={audit.verifyFailed} problem={verify.problem} />}
      {exporting.problem === null ? null : (
        <ProblemNotice title={audit.exportFailed} problem={exporting.problem} />
      )}
      {report === null ? null : <ReportNotice report={report} />}
    </Stack>
  );
}
