import type { ReactNode } from 'react';
import type { AuditOutcome } from '../../api/audit-entries.js';
import { ToneBadge } from '../../components/tone.js';
import { useMessages } from '../../messages/messages.js';

export function AuditOutcomeBadge({ outcome }: { outcome: AuditOutcome }): ReactNode {
  const messages = useMessages();
  return (
    <ToneBadge tone={outcome === 'succeeded' ? 'good' : 'bad'}>{messages.audit.outcomes[outcome]}</ToneBadge>
  );
}
