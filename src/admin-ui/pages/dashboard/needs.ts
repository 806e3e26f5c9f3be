import type { ConnectionOverview } from '../../api/generated/api.js';
import type { Tone } from '../../components/tone.js';
import type { Messages } from '../../messages/en.js';

/** Something a person should look at, the most urgent kinds first. */
export interface Need {
  kind: keyof Messages['dashboard']['kinds'];
  tone: Tone;
  connectionId: string;
  text: string;
  /** Where it is dealt with. */
  href: string;
}

const ORDER: readonly Need['kind'][] = [
  'attention',
  'stopped',
  'failed',
  'approve',
  'drift',
  'waiting',
  'unmapped',
];

function needsOf(one: ConnectionOverview, { dashboard }: Messages): Need[] {
  const { connectionId, alias } = one;
  const base = `/connectors/${connectionId}`;
  const need = (kind: Need['kind'], tone: Tone, text: string, href: string): Need => ({
    kind,
    tone,
    connectionId,
    text,
    href: `${base}${href}`,
  });
  return [
    ...(one.state === 'attention' ? [need('attention', 'bad', dashboard.attention(alias), '')] : []),
    ...(one.stopReason === null
      ? []
      : [need('stopped', 'bad', dashboard.stopped(alias, one.stopReason), '/operations')]),
    ...(one.failedOperations === 0
      ? []
      : [need('failed', 'bad', dashboard.failed(alias, one.failedOperations), '/operations?state=failed')]),
    ...(one.plansToApprove === 0
      ? []
      : [need('approve', 'warning', dashboard.approve(alias, one.plansToApprove), '/plans')]),
    ...(one.openDrift === 0
      ? []
      : [need('drift', 'warning', dashboard.drift(alias, one.openDrift), '/drift')]),
    ...(one.waitingSubscriptions === 0
      ? []
      : [need('waiting', 'info', dashboard.waiting(alias, one.waitingSubscriptions), '/plans')]),
  ];
}

/** What needs a person, of all connections; `unmapped` names those with customers that wait to be mapped. */
export function needsNow(
  connections: readonly ConnectionOverview[],
  unmapped: ReadonlySet<string>,
  messages: Messages,
): Need[] {
  const needs = connections.flatMap((one) => [
    ...needsOf(one, messages),
    ...(unmapped.has(one.connectionId)
      ? [
          {
            kind: 'unmapped' as const,
            tone: 'info' as const,
            connectionId: one.connectionId,
            text: messages.dashboard.unmapped(one.alias),
            href: `/connectors/${one.connectionId}/customers`,
          },
        ]
      : []),
  ]);
  return needs.toSorted((left, right) => ORDER.indexOf(left.kind) - ORDER.indexOf(right.kind));
}
