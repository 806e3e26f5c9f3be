import type { ReactNode } from 'react';
import type { Operation } from '../../api/generated/api.js';
import type { IconName } from '../../components/icons.js';
import { ToneBadge } from '../../components/tone.js';
import type { Tone } from '../../components/tone.js';
import { useMessages } from '../../messages/messages.js';

const LOOKS: Record<Operation['state'], { tone: Tone; icon: IconName }> = {
  pending: { tone: 'info', icon: 'clock' },
  sending: { tone: 'info', icon: 'sync' },
  verifying: { tone: 'warning', icon: 'question' },
  applied: { tone: 'good', icon: 'check' },
  failed: { tone: 'bad', icon: 'cross' },
  dismissed: { tone: 'neutral', icon: 'dash' },
};

export function OperationStateBadge({ state }: { state: Operation['state'] }): ReactNode {
  const { operations } = useMessages();
  return <ToneBadge {...LOOKS[state]}>{operations.states[state]}</ToneBadge>;
}
