import { useState } from 'react';
import type { ReactNode } from 'react';
import { Anchor, Button, Group, Stack, Text } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from 'wouter';
import { applyBillingPlan, getBillingPlan, updateBillingPlanStep } from '../../api/generated/api.js';
import type { BillingPlan, PlanStep } from '../../api/generated/api.js';
import { toProblem } from '../../api/problem.js';
import { sumAmounts } from '../../components/amounts.js';
import { ConfirmDialog } from '../../components/confirm-dialog.js';
import { FactList } from '../../components/fact-list.js';
import { formatAmount } from '../../components/format.js';
import { Instant } from '../../components/instant.js';
import { Loading } from '../../components/loading.js';
import { PageTitle } from '../../components/page-title.js';
import { Panel } from '../../components/panel.js';
import { ProblemNotice } from '../../components/problem-notice.js';
import { ReasonDialog } from '../../components/reason-dialog.js';
import { SignedAmount } from '../../components/signed-amount.js';
import { Notice } from '../../components/tone.js';
import { useAction } from '../../components/use-action.js';
import { useAnnouncement } from '../../components/use-announcement.js';
import { useMessages } from '../../messages/messages.js';
import { useApi, useCan } from '../../session.js';
import { ConnectionFrame } from '../connectors/connection-tabs.js';
import { MoveDateDialog } from './move-date-dialog.js';
import { PlanStateBadge } from './plan-state-badge.js';
import { chosenSteps, stepName } from './step-groups.js';
import { StepTable } from './step-table.js';

function Facts({ plan }: { plan: BillingPlan }): ReactNode {
  const { plans } = useMessages();
  return (
    <FactList
      facts={[
        [plans.state, <PlanStateBadge key="state" state={plan.state} />],
        [plans.created, <Instant key="created" value={plan.createdAt} />],
        [plans.by, plan.createdBy.name],
        [
          plans.approvals,
          plan.approvals.length === 0 ? plans.noApprovals : plan.approvals.map(({ name }) => name).join(', '),
        ],
        [plans.total, <SignedAmount key="total" value={plan.total} />],
      ]}
    />
  );
}

function Refusals({ plan }: { plan: BillingPlan }): ReactNode {
  const { plans } = useMessages();
  if (plan.refusals.length === 0) return null;
  return (
    <Notice tone="warning" title={plans.refusals}>
      <p>{plans.refusalHint}</p>
      {plan.refusals.map(({ code, subscriptionId, detail }) => (
        <p key={`${subscriptionId} ${code}`}>
          <strong>{subscriptionId}</strong>: {detail} <code>{code}</code>
        </p>
      ))}
    </Notice>
  );
}

type OpenDialog = { kind: 'leaveOut' | 'move'; step: PlanStep } | { kind: 'apply' } | null;

/** The calls that change a plan; each answers the plan as it is then. */
function usePlanChanges(plan: BillingPlan) {
  const client = useApi();
  const queryClient = useQueryClient();
  const { plans } = useMessages();
  const announce = useAnnouncement();

  function show(changed: BillingPlan, text: string): void {
    queryClient.setQueryData(['plan', plan.id], changed);
    void queryClient.invalidateQueries({ queryKey: ['plans', plan.connectionId] });
    announce(text);
  }
  return {
    move: async (step: PlanStep, effectiveOn: string): Promise<void> =>
      show(await updateBillingPlanStep(client, plan.id, step.id, { effectiveOn }), plans.moved),
    leaveOut: async (step: PlanStep, reason: string): Promise<void> =>
      show(await updateBillingPlanStep(client, plan.id, step.id, { dismissed: true, reason }), plans.changed),
    putBack: async (step: PlanStep): Promise<void> =>
      show(await updateBillingPlanStep(client, plan.id, step.id, { dismissed: false }), plans.changed),
    apply: async (stepIds: string[] | null): Promise<void> => {
      try {
        const applied = await applyBillingPlan(client, plan.id, stepIds === null ? {} : { stepIds });
        show(applied, plans.applied);
        void queryClient.invalidateQueries({ queryKey: ['operations'] });
        void queryClient.invalidateQueries({ queryKey: ['mappings', plan.connectionId] });
      } catch (error) {
        // A refusal may have changed the plan: an approval was kept, or it is out of date.
        void queryClient.invalidateQueries({ queryKey: ['plan', plan.id] });
        throw error;
      }
    },
  };
}

function AfterRefusal({ code }: { code: string }): ReactNode {
  const { plans } = useMessages();
  if (code === 'billing.second_approver_required') return <Text>{plans.secondApprover}</Text>;
  return code === 'billing.plan_stale' ? <Text>{plans.stale}</Text> : null;
}

function PlanBody({ plan }: { plan: BillingPlan }): ReactNode {
  const messages = useMessages();
  const { plans } = messages;
  const mayApprove = useCan('billing:approve');
  const changes = usePlanChanges(plan);
  const putBack = useAction(changes.putBack);
  const [unchosen, setUnchosen] = useState<ReadonlySet<string>>(new Set());
  const [dialog, setDialog] = useState<OpenDialog>(null);
  const close = (): void => setDialog(null);

  const isOpen = plan.state === 'draft' || plan.state === 'approved';
  const canDecide = mayApprove && isOpen;
  const all = plan.steps.filter(({ dismissed }) => !dismissed);
  const chosen = chosenSteps(plan, unchosen);
  const isPart = chosen.length < all.length;
  const worth = formatAmount(
    sumAmounts(
      chosen.map(({ impact }) => impact),
      plan.total.currency,
    ),
  );
  return (
    <>
      <Panel
        title={messages.connection.facts}
        actions={
          canDecide && all.length > 0 ? (
            <Button disabled={chosen.length === 0} onClick={() => setDialog({ kind: 'apply' })}>
              {isPart ? plans.applySome(chosen.length, all.length) : plans.applyAll(all.length)}
            </Button>
          ) : null
        }
      >
        <Facts plan={plan} />
        <Text size="sm" c="dimmed">
          {plans.totalHint}
        </Text>
      </Panel>
      {plan.state === 'approved' ? (
        <Notice tone="warning">
          <p>{plans.secondApprover}</p>
        </Notice>
      ) : null}
      {plan.state === 'stale' ? (
        <Notice tone="warning">
          <p>{plans.stale}</p>
        </Notice>
      ) : null}
      {plan.state === 'applied' ? (
        <Notice tone="good">
          <p>{plans.applied}</p>
          <p>
            <Anchor
              component={Link}
              href={`/connectors/${plan.connectionId}/operations`}
              underline="always"
              c="inherit"
            >
              {plans.toOperations}
            </Anchor>
          </p>
        </Notice>
      ) : null}
      <Refusals plan={plan} />
      {putBack.problem === null ? null : <ProblemNotice problem={putBack.problem} title={plans.notChanged} />}
      <Panel title={plans.stepsOf}>
        {plan.steps.length === 0 ? (
          <Text>{plans.noSteps}</Text>
        ) : (
          <StepTable
            plan={plan}
            canDecide={canDecide}
            unchosen={unchosen}
            handlers={{
              toggle: ({ id }) =>
                setUnchosen((known) => {
                  const next = new Set(known);
                  if (!next.delete(id)) next.add(id);
                  return next;
                }),
              leaveOut: (step) => setDialog({ kind: 'leaveOut', step }),
              move: (step) => setDialog({ kind: 'move', step }),
              putBack: (step) => void putBack.run(step),
            }}
          />
        )}
      </Panel>
      {dialog?.kind === 'move' ? (
        <MoveDateDialog step={dialog.step} onMove={changes.move} onClose={close} />
      ) : null}
      {dialog?.kind === 'leaveOut' ? (
        <ReasonDialog
          isOpen
          title={plans.leaveOutOf(stepName(dialog.step))}
          hint={plans.leaveOutHint}
          confirm={plans.leaveOut}
          notDone={plans.notChanged}
          onConfirm={(reason) => changes.leaveOut(dialog.step, reason)}
          onClose={close}
        />
      ) : null}
      {dialog?.kind === 'apply' ? (
        <ConfirmDialog
          title={plans.applyTitle}
          confirm={plans.apply}
          notDone={plans.notApplied}
          afterProblem={(code) => <AfterRefusal code={code} />}
          onConfirm={() => changes.apply(isPart ? chosen.map(({ id }) => id) : null)}
          onClose={close}
        >
          <Text>{plans.applyText(chosen.length, worth)}</Text>
          {isPart ? <Text>{plans.applyRest}</Text> : null}
        </ConfirmDialog>
      ) : null}
    </>
  );
}

/** One plan: what it would write, by customer, and what a person decides about it. */
export function PlanPage(props: { connectionId: string; planId: string }): ReactNode {
  const { plans } = useMessages();
  const client = useApi();
  const query = useQuery({
    queryKey: ['plan', props.planId],
    queryFn: ({ signal }) => getBillingPlan(client, props.planId, signal),
  });
  return (
    <ConnectionFrame id={props.connectionId} current="plans">
      <Group justify="space-between">
        <PageTitle>{plans.planTitle}</PageTitle>
        <Anchor component={Link} href={`/connectors/${props.connectionId}/plans`} underline="always">
          {plans.back}
        </Anchor>
      </Group>
      {query.isPending ? <Loading /> : null}
      {query.error === null ? null : (
        <ProblemNotice problem={toProblem(query.error)} onRetry={() => void query.refetch()} />
      )}
      {query.data === undefined ? null : (
        <Stack gap="md">
          <PlanBody plan={query.data} />
        </Stack>
      )}
    </ConnectionFrame>
  );
}
