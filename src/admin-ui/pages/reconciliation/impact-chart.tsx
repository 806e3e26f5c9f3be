import type { ReactNode } from 'react';
import { BarChart } from '@mantine/charts';
import '@mantine/charts/styles.css';
import type { Amount } from '../../api/contracts.js';
import { formatAmount } from '../../components/format.js';
import { useMessages } from '../../messages/messages.js';

export interface ImpactBar {
  name: string;
  loss: Amount;
  gain: Amount;
}

const ROW_PX = 44;
const AXIS_PX = 60;

/**
 * Losses to the left and gains to the right of nothing. The table beside it says the same exactly; the numbers here are only drawn.
 */
export default function ImpactChart(props: { bars: readonly ImpactBar[]; currency: string }): ReactNode {
  const { reconciliation } = useMessages();
  const { bars, currency } = props;
  return (
    <div aria-hidden="true">
      <BarChart
        h={bars.length * ROW_PX + AXIS_PX}
        data={bars.map(({ name, loss, gain }) => ({
          name,
          loss: Number(loss.amount),
          gain: Number(gain.amount),
        }))}
        dataKey="name"
        orientation="vertical"
        type="stacked"
        series={[
          { name: 'loss', label: reconciliation.loss, color: 'var(--psa-bad-text)' },
          { name: 'gain', label: reconciliation.gain, color: 'var(--psa-info-text)' },
        ]}
        valueFormatter={(value) => formatAmount({ amount: String(value), currency })}
        withLegend
        maxBarWidth={24}
        textColor="var(--mantine-color-text)"
        gridColor="var(--psa-line)"
        yAxisProps={{ width: 110 }}
        xAxisProps={{ tickCount: 3 }}
        barChartProps={{ stackOffset: 'sign', accessibilityLayer: false }}
        barProps={{ isAnimationActive: false }}
      />
    </div>
  );
}
