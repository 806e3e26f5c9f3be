import type { ReactNode } from 'react';
import type { BillingPlan } from '../../api/generated/api.js';
import type { IconName } from '../../components/icons.js';
import { ToneBadge } from '../../components/tone.js';
import type { Tone } from '../../components/tone.js';
import { useMessages } from '../../messages/messages.js';

const LOOKS: Record<BillingPlan['state'], { tone: Tone; icon: IconName }> = {
  draft: { tone: 'info', icon: 'info' },
  approved: { tone: 'warning', icon: 'clock' },
  applied: { tone: 'good', icon: 'check' },
  stale: { tone: 'neutral', icon: 'dash' },
};

export function PlanStateBadge({ state }: { state: BillingPlan['state'] }): ReactNode {
  const { plans } = useMessages();
  return <ToneBadge {...LOOKS[state]}>{plans.states[state]}</ToneBadge>;
}
