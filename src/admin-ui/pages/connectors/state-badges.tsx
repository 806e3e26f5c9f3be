import type { ReactNode } from 'react';
import { Group } from '@mantine/core';
import type { CapabilitySet } from '../../api/access-report.js';
import type { ConnectionState } from '../../api/connections.js';
import type { SyncRunState } from '../../api/sync-runs.js';
import type { IconName } from '../../components/icons.js';
import { ToneBadge } from '../../components/tone.js';
import type { Tone } from '../../components/tone.js';
import { useMessages } from '../../messages/messages.js';

const CONNECTION_TONES: Record<ConnectionState, Tone> = {
  active: 'good',
  attention: 'warning',
  disabled: 'neutral',
};

export function ConnectionStateBadge({ state }: { state: ConnectionState }): ReactNode {
  const messages = useMessages();
  return <ToneBadge tone={CONNECTION_TONES[state]}>{messages.connectors.states[state]}</ToneBadge>;
}

const RUN_LOOKS: Record<SyncRunState, { tone: Tone; icon: IconName }> = {
  queued: { tone: 'info', icon: 'clock' },
  running: { tone: 'info', icon: 'sync' },
  succeeded: { tone: 'good', icon: 'check' },
  failed: { tone: 'bad', icon: 'cross' },
  cancelled: { tone: 'neutral', icon: 'dash' },
};

export function SyncRunStateBadge({ state }: { state: SyncRunState }): ReactNode {
  const messages = useMessages();
  return <ToneBadge {...RUN_LOOKS[state]}>{messages.sync.states[state]}</ToneBadge>;
}

/** The capabilities of a connection, each as a word with on or off. */
export function CapabilityBadges({ capabilities }: { capabilities: CapabilitySet }): ReactNode {
  const messages = useMessages();
  const { capabilityNames, capabilityOn, capabilityOff } = messages.connectors;
  return (
    <Group gap={4}>
      {(['billing', 'crm', 'helpdesk'] as const).map((capability) => (
        <ToneBadge key={capability} tone={capabilities[capability] ? 'good' : 'neutral'}>
          {capabilityNames[capability]} {capabilities[capability] ? capabilityOn : capabilityOff}
        </ToneBadge>
      ))}
    </Group>
  );
}
