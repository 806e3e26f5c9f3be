import type { ReactNode } from 'react';
import type { ImportSummary } from '../../api/generated/api.js';
import { ToneBadge } from '../../components/tone.js';
import type { Tone } from '../../components/tone.js';
import { useMessages } from '../../messages/messages.js';

const TONES: Readonly<Record<ImportSummary['state'], Tone>> = {
  queued: 'neutral',
  running: 'info',
  succeeded: 'good',
  failed: 'bad',
};

export function ImportStateBadge({ state }: { state: ImportSummary['state'] }): ReactNode {
  const { imports } = useMessages();
  return <ToneBadge tone={TONES[state]}>{imports.states[state]}</ToneBadge>;
}
