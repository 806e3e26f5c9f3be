import type { ReactNode } from 'react';
import { Stack, Text } from '@mantine/core';
import type { Money, PlanStep } from '../../api/generated/api.js';
import { BeforeAfter } from '../../components/before-after.js';
import { formatAmount, formatDate, formatNumber } from '../../components/format.js';
import type { Messages } from '../../messages/en.js';
import { useMessages } from '../../messages/messages.js';

/** A value that becomes another, or one sentence about something new. */
export type ChangeLine = { label: string; before: string; after: string } | { text: string };

function isSame(left: Money | null, right: Money | null): boolean {
  return left?.amount === right?.amount && left?.currency === right?.currency;
}

/** What a step changes. */
export function changeLines(step: PlanStep, { plans, common }: Messages): ChangeLine[] {
  const { kind, before, after, charge } = step;
  const amount = (value: Money | null): string => (value === null ? common.noValue : formatAmount(value));
  if (kind === 'createCharge' && charge !== undefined) {
    return [{ text: plans.charge(charge.name, charge.quantity, formatAmount(charge.unitPrice)) }];
  }
  if (kind === 'extendContract' && step.contractEndsOn !== undefined) {
    return [{ text: plans.until(formatDate(step.contractEndsOn)) }];
  }
  if (kind === 'addService') {
    const { units, unitPrice, unitCost } = after;
    return [{ text: plans.newLine(formatNumber(units), amount(unitPrice), amount(unitCost)) }];
  }
  const lines: ChangeLine[] = [];
  if (before.units !== after.units) {
    lines.push({
      label: plans.units,
      before: formatNumber(before.units),
      after: formatNumber(after.units),
    });
  }
  if (!isSame(before.unitPrice, after.unitPrice)) {
    lines.push({ label: plans.price, before: amount(before.unitPrice), after: amount(after.unitPrice) });
  }
  if (!isSame(before.unitCost, after.unitCost)) {
    lines.push({ label: plans.cost, before: amount(before.unitCost), after: amount(after.unitCost) });
  }
  return lines;
}

/** Kind of the change, what becomes what, and why. */
export function StepChange({ step }: { step: PlanStep }): ReactNode {
  const messages = useMessages();
  return (
    <Stack gap={2}>
      <Text size="sm" c="dimmed">
        {messages.plans.kinds[step.kind]}
      </Text>
      {changeLines(step, messages).map((line) => (
        <Text key={'text' in line ? line.text : line.label} fw={600} size="sm" component="div">
          {'text' in line ? line.text : <BeforeAfter {...line} />}
        </Text>
      ))}
      <Text size="xs" c="dimmed">
        {step.reason}
      </Text>
    </Stack>
  );
}
