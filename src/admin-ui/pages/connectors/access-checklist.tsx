import type { ReactNode } from 'react';
import { Accordion, Group, Stack, Text } from '@mantine/core';
import type { AccessCheck, AccessCheckOutcome, AccessReport } from '../../api/access-report.js';
import { Instant } from '../../components/instant.js';
import { Notice, ToneBadge } from '../../components/tone.js';
import type { Tone } from '../../components/tone.js';
import type { IconName } from '../../components/icons.js';
import { useMessages } from '../../messages/messages.js';
import styles from './access-checklist.module.css';
import { groupChecks } from './check-groups.js';
import type { CheckGroup } from './check-groups.js';

const LOOKS: Record<AccessCheckOutcome, { tone: Tone; icon: IconName }> = {
  passed: { tone: 'good', icon: 'check' },
  failed: { tone: 'bad', icon: 'cross' },
  unknown: { tone: 'warning', icon: 'question' },
  skipped: { tone: 'neutral', icon: 'dash' },
};

function OutcomeBadge({ outcome }: { outcome: AccessCheckOutcome }): ReactNode {
  const messages = useMessages();
  return <ToneBadge {...LOOKS[outcome]}>{messages.access.outcomes[outcome]}</ToneBadge>;
}

function CheckItem({ check }: { check: AccessCheck }): ReactNode {
  const messages = useMessages();
  return (
    <li className={styles['check']}>
      <span>
        <OutcomeBadge outcome={check.outcome} />
      </span>
      <div>
        <p>{check.title}</p>
        <p className={styles['detail']}>{check.detail}</p>
        {check.found === undefined || check.outcome === 'passed' ? null : (
          <p className={styles['detail']}>
            {messages.access.found}: {check.found}
          </p>
        )}
        {check.remedy === undefined ? null : (
          <p>
            <strong>{messages.access.remedy}:</strong> {check.remedy}
          </p>
        )}
      </div>
    </li>
  );
}

function GroupItem({ group }: { group: CheckGroup }): ReactNode {
  const messages = useMessages();
  return (
    <Accordion.Item value={group.key}>
      <Accordion.Control>
        <Group justify="space-between" gap="xs" pr="xs">
          <Text fw={600}>{messages.access.groups[group.key]}</Text>
          <Group gap="sm">
            <Text size="sm" c="dimmed">
              {messages.access.groupCount(group.passedCount, group.checks.length)}
            </Text>
            {group.isSwitchedOff ? (
              <ToneBadge tone="neutral">{messages.connectors.capabilityOff}</ToneBadge>
            ) : (
              <OutcomeBadge outcome={group.outcome} />
            )}
          </Group>
        </Group>
      </Accordion.Control>
      <Accordion.Panel>
        {group.isSwitchedOff ? <Text mb="sm">{messages.access.capabilityOff}</Text> : null}
        <ul className={styles['checks']}>
          {group.checks.map((check) => (
            <CheckItem key={check.id} check={check} />
          ))}
        </ul>
      </Accordion.Panel>
    </Accordion.Item>
  );
}

function ExcessRights({ report }: { report: AccessReport }): ReactNode {
  const messages = useMessages();
  if (report.excess.length === 0) return null;
  return (
    <details>
      <summary>{messages.access.excess(report.excess.length)}</summary>
      <Text size="sm" c="dimmed" mt="xs">
        {messages.access.excessHint}
      </Text>
      <ul className={styles['excess']}>
        {report.excess.map((right) => (
          <li key={`${right.entity}.${right.verb}`}>
            {right.entity}: {right.verb}
          </li>
        ))}
      </ul>
    </details>
  );
}

/** An access report as a checklist; the groups a person has to act on are open. */
export function AccessChecklist({ report }: { report: AccessReport }): ReactNode {
  const messages = useMessages();
  const groups = groupChecks(report);
  const needsReading = groups.filter(
    (group) => !group.isSwitchedOff && (group.outcome === 'failed' || group.outcome === 'unknown'),
  );
  const hasPassed = report.outcome === 'passed';
  return (
    <Stack gap="sm">
      <Notice tone={hasPassed ? 'good' : 'bad'} role="status">
        <p>{hasPassed ? messages.access.passed : messages.access.failed}</p>
        <p>
          {messages.access.checkedAt} <Instant value={report.checkedAt} />
        </p>
      </Notice>
      <Accordion
        key={report.checkedAt}
        multiple
        variant="contained"
        order={3}
        defaultValue={needsReading.map((group) => group.key)}
      >
        {groups.map((group) => (
          <GroupItem key={group.key} group={group} />
        ))}
      </Accordion>
      <ExcessRights report={report} />
    </Stack>
  );
}
