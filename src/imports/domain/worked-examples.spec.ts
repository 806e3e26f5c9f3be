import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { draftsOf, fixture, fixturesIn, readFile } from '../../../test/support/worked-examples.js';
import { MoneyDecimal } from '../../kernel/money.js';
import { BILL_RULES, explainLine } from './bill-rules.js';
import { monthlyCycles, termEnd } from './billing-terms.js';
import type { LineDraft } from './line-draft.js';
import { seatsAfter } from './seat-history.js';

const README = new URL('../README.md', import.meta.url);
const TABLE = /(<!-- worked examples -->\n)[^]*?(<!-- end -->)/;

/** Tables of days: what they publish is when a charge ends. */
const SCHEDULES = /\/0[5-8]-/;
/** Lines of the older scheme publish what was charged as the unit price; the price is that of the seats they give back. */
const PRICE_OF_SEATS = new Map([['19, line 4', '16']]);

/** Formatting pads the cells of a table. */
const unpadded = (text: string) => text.replaceAll(/ +/g, ' ').replaceAll(/-{3,}/g, '---');

interface Row {
  example: string;
  line: string;
  published: string;
  ours: string;
  rule: string;
}

function row(path: string, index: number, draft: LineDraft): Row {
  const example = path
    .replace(/^.*\//, '')
    .replace(/^(\d\d)-.*$/, '$1')
    .replace('.json', '');
  const line = `${index + (path.endsWith('.csv') ? 2 : 1)}`;
  const { chargeStart, chargeEnd, chargeType } = draft;
  if (SCHEDULES.test(path)) {
    const [published, ours] = [`${chargeStart} to ${chargeEnd}`, scheduledEnd(path, index, draft)];
    return {
      example,
      line: `${line}, ${chargeType}`,
      published,
      ours: `${chargeStart} to ${ours}`,
      rule: 'termEnd',
    };
  }
  const told = explanationOf(draft, PRICE_OF_SEATS.get(`${example}, line ${line}`));
  const published = new MoneyDecimal(draft.subtotal).toFixed();
  return { example, line: `${line}, ${chargeType}`, published, ours: told.expected, rule: told.rule };
}

/** Table 08 is one annual term with monthly charges; the others are terms of a month. */
function scheduledEnd(path: string, index: number, { chargeStart }: LineDraft): string {
  if (!path.includes('/08-')) return termEnd(chargeStart, 1);
  const cycle = monthlyCycles('2021-01-30' as typeof chargeStart, 12)[index];
  return cycle?.startsOn === chargeStart ? cycle.endsOn : 'another start';
}

function explanationOf(draft: LineDraft, unitPrice = draft.unitPrice): { expected: string; rule: string } {
  const { effectiveUnitPrice: effective } = draft;
  return (
    explainLine({
      ...draft,
      quantity: new MoneyDecimal(draft.quantity),
      unitPrice: new MoneyDecimal(unitPrice),
      effectiveUnitPrice: effective === null ? null : new MoneyDecimal(effective),
      subtotal: new MoneyDecimal(draft.subtotal),
      exchangeRate: null,
    }) ?? { expected: '', rule: '' }
  );
}

const EXAMPLES = [
  ...fixturesIn('partner-center/recon-scenarios/', '.csv'),
  ...fixturesIn('partner-center/api-examples/', '.json').filter(
    (path) => path.includes('lineitems') || path.includes('invoiceline'),
  ),
];

async function rows(): Promise<Row[]> {
  const read = await Promise.all(
    EXAMPLES.map(async (path) => ({ path, file: await readFile(fixture(path)) })),
  );
  return read.flatMap(({ path, file }) => draftsOf(file).map((draft, index) => row(path, index, draft)));
}

describe('the published worked examples', () => {
  it('are read to the last line', async () => {
    for (const path of EXAMPLES) {
      const file = await readFile(fixture(path));
      expect(
        file.lines.map(({ problem }) => problem),
        path,
      ).toEqual(file.lines.map(() => null));
      expect(file.lines.length, path).toBeGreaterThan(0);
    }
  });

  it('are explained to the cent', async () => {
    const all = await rows();
    expect(all.length).toBeGreaterThan(80);
    const unexplained = all.filter(({ published, ours }) =>
      /\d to \d/.test(published)
        ? published !== ours
        : !new MoneyDecimal(published)
            .minus(ours || 'NaN')
            .abs()
            .lessThan('0.005'),
    );
    expect(unexplained).toEqual([]);
  });

  it('stand in the README as they come out', async () => {
    const head = '| example | line | published | ours | rule |\n| --- | --- | --- | --- | --- |\n';
    const lines = (await rows()).map(
      (one) => `| ${one.example} | ${one.line} | ${one.published} | ${one.ours} | ${one.rule} |`,
    );
    const rules = Object.entries(BILL_RULES).map(([name, rule]) => `- \`${name}\`: ${rule}`);
    const table = `\n${rules.join('\n')}\n\n${head}${lines.join('\n')}\n\n`;
    const text = readFileSync(README, 'utf8');
    const wanted = text.replace(TABLE, (_, start: string, end: string) => start + table + end);
    // `WRITE_TABLE=1 npm run test:unit -- src/imports` writes what this would otherwise miss.
    if (process.env['WRITE_TABLE'] !== undefined) writeFileSync(README, wanted);
    expect(text.includes('<!-- worked examples -->')).toBe(true);
    expect(unpadded(readFileSync(README, 'utf8'))).toBe(unpadded(wanted));
  });

  it('give the seats after the changes of table 11, in whatever order its lines come', async () => {
    const drafts = draftsOf(await readFile(fixture(EXAMPLES.find((path) => path.includes('/11-')) ?? '')));
    const lines = drafts.map((draft) => ({
      ...draft,
      quantity: new MoneyDecimal(draft.quantity),
      effectiveUnitPrice: new MoneyDecimal(draft.effectiveUnitPrice ?? '0'),
      subtotal: new MoneyDecimal(draft.subtotal),
    }));
    for (const order of [
      lines,
      lines.toReversed(),
      lines.toSorted((a, b) => Number(a.subtotal.minus(b.subtotal))),
    ]) {
      const { seats, asOf, isAmbiguous } = seatsAfter(order);
      expect([seats?.toFixed(), asOf, isAmbiguous]).toEqual(['30', '2022-03-25', false]);
    }
    const withoutLast = lines.filter(({ chargeStart }) => chargeStart < '2022-03-25');
    expect(seatsAfter(withoutLast).seats?.toFixed()).toBe('20');
    const cancelled = lines.filter(({ subtotal }) => subtotal.isNegative()).slice(-1);
    expect(seatsAfter(cancelled).seats?.toFixed()).toBe('0');
  });
});

describe('FOCUS rows', () => {
  it('are read to the last one, and explained but for credits and adjustments', async () => {
    const file = await readFile(fixture('focus/focus_sample.csv'));
    expect(file.reading.format).toBe('focus');
    const drafts = draftsOf(file);
    expect(drafts).toHaveLength(1000);
    const unexplained = drafts.filter(
      ({ explanation }) =>
        explanation === null || !new MoneyDecimal(explanation.difference).abs().lessThan('0.005'),
    );
    expect(unexplained.map(({ chargeType }) => chargeType).toSorted()).toEqual([
      'customerCredit',
      'unknown:Adjustment',
      'unknown:Adjustment',
    ]);
  });
});
