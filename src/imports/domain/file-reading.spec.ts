import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { reconCsv, reconLine } from '../../../test/support/builders/bill.builder.js';
import { draftsOf, readFile } from '../../../test/support/worked-examples.js';
import type { LocalDate } from '../../kernel/local-date.js';
import { MoneyDecimal } from '../../kernel/money.js';
import { explainLine } from './bill-rules.js';
import { monthlyCycles } from './billing-terms.js';
import { chargeTypeOf } from './charge-type.js';
import { dayOf } from './day-text.js';
import { decimalText } from './number-text.js';

const bytes = (text: string) => Buffer.from(text, 'utf8');

describe('numbers', () => {
  it.each([
    ['1209.6', '.', '1209.6'],
    ['1,209.6', '.', '1209.6'],
    ['1.209,60', ',', '1209.60'],
    ['12,5', ',', '12.5'],
    ['1 209,6', ',', '1209.6'],
    ['1\u202F209,6', ',', '1209.6'],
    ['1’209.60', '.', '1209.60'],
    ['(94.08)', '.', '-94.08'],
    ['94.08-', '.', '-94.08'],
    ['\u221294.08', '.', '-94.08'],
    ['$1,209.60', '.', '1209.60'],
    ['-€ 5,00', ',', '-5.00'],
    ['12,34,567.8', '.', '1234567.8'],
    ['4E-7', '.', '0.0000004'],
    ['.5', '.', '0.5'],
    ['+7', '.', '7'],
  ] as const)('read %s with %s as %s', (text, mark, expected) => {
    expect(decimalText(text, mark)).toBe(expected);
  });

  it.each([
    ['12,5', '.'],
    ['1.5', ','],
    ['1.2.3', '.'],
    ['much', '.'],
    ['12a', '.'],
    ['', '.'],
    ['-', '.'],
    ['NaN', '.'],
    ['1e99999', '.'],
  ] as const)('refuse %s with %s', (text, mark) => {
    expect(decimalText(text, mark)).toBeNull();
  });
});

describe('days', () => {
  it.each([
    ['2021-06-18', 'MDY', '2021-06-18'],
    ['2019-02-04T09:22:40.1767993-08:00', 'MDY', '2019-02-04'],
    ['2019-02-04T20:22:40.1767993-08:00', 'MDY', '2019-02-05'],
    ['2024-09-30T22:30:00+02:00', 'MDY', '2024-09-30'],
    ['2024-10-01T00:30:00+02:00', 'MDY', '2024-09-30'],
    ['2024-09-01 00:00:00', 'MDY', '2024-09-01'],
    ['6/7/2021', 'MDY', '2021-06-07'],
    ['6/7/2021', 'DMY', '2021-07-06'],
    ['6/18/2021 12:00:00 AM', 'MDY', '2021-06-18'],
    ['18.06.2021 00:00', 'DMY', '2021-06-18'],
    ['18-06-21', 'DMY', '2021-06-18'],
    ['2021/6/18', 'MDY', '2021-06-18'],
    ['20210618', 'MDY', '2021-06-18'],
    ['June 18, 2021', 'DMY', '2021-06-18'],
    ['July 21/2022', 'MDY', '2022-07-21'],
    ['18. Juni 2021', 'MDY', '2021-06-18'],
    ['18 juin 2021', 'MDY', '2021-06-18'],
    ['18 de junio de 2021', 'MDY', '2021-06-18'],
    ['18-Jun-21', 'MDY', '2021-06-18'],
  ] as const)('read %s (%s) as %s', (text, order, expected) => {
    expect(dayOf(text, order)).toBe(expected);
  });

  it.each(['2021-02-29', '13/45/2026', '31.04.2021', 'soon', '', '2021', '6/7'])('refuse %s', (text) => {
    expect(dayOf(text, 'MDY')).toBeNull();
  });
});

describe('charge types', () => {
  it.each([
    ['NEW', 'new'],
    ['CycleCharge', 'cycleCharge'],
    ['cancel immediate', 'cancelImmediate'],
    ['Usage', 'usage'],
    ['Purchase', 'oneTime'],
    ['Prorate fees', 'unknown:Prorate fees'],
  ])('read %s as %s', (published, type) => {
    expect(chargeTypeOf(published)).toBe(type);
  });
});

describe('a file', () => {
  const german = {
    UnitPrice: '1.010,08',
    Subtotal: '10.100,80',
    Total: '10.100,80',
    EffectiveUnitPrice: '1.010,08',
    OrderDate: '05.06.2026',
    ChargeStartDate: '05.06.2026',
    ChargeEndDate: '04.07.2026',
  };

  it.each([',', ';', '\t', '|', '^', '~'])(
    'says the same whatever parts its columns: %j',
    async (delimiter) => {
      const file = await readFile(bytes(reconCsv([reconLine({ ProductName: 'a;b|c,d\te' })], { delimiter })));
      expect(file.detected.delimiter).toBe(delimiter);
      expect(draftsOf(file)[0]).toMatchObject({
        subtotal: '100.8',
        chargeEnd: '2026-07-17',
        customerName: 'Contoso, Ltd.',
      });
    },
  );

  it.each([
    ['utf-8', (text: string) => Buffer.from(text)],
    ['utf-8', (text: string) => Buffer.from(`\uFEFF${text}`)],
    ['utf-16le', (text: string) => Buffer.from(`\uFEFF${text}`, 'utf16le')],
    ['utf-16le', (text: string) => Buffer.from(text, 'utf16le')],
    ['utf-16be', (text: string) => Buffer.from(`\uFEFF${text}`, 'utf16le').swap16()],
    ['windows-1252', (text: string) => Buffer.from(text, 'latin1')],
  ] as const)('says the same whatever its encoding: %s', async (encoding, encoded) => {
    const file = await readFile(encoded(reconCsv([reconLine({ CustomerName: 'Käse & Söhne' })])));
    expect(file.detected.encoding).toBe(encoding);
    expect(draftsOf(file)[0]?.customerName).toBe('Käse & Söhne');
  });

  it.each(['\n', '\r\n', '\r'])('says the same whatever ends its lines: %j', async (newline) => {
    const lines = [reconLine(), reconLine({ OrderId: 'b' })];
    const file = await readFile(bytes(reconCsv(lines, { newline })));
    expect(file.lines.map(({ line }) => line)).toEqual([2, 3]);
    expect(draftsOf(file)).toHaveLength(2);
  });

  it('tells days and decimal marks of another country apart by what surrounds them', async () => {
    const file = await readFile(bytes(reconCsv([reconLine(german)], { delimiter: ';' })));
    expect(file.detected).toMatchObject({ decimalMark: ',', dateFormat: 'dd.MM.yyyy' });
    expect(draftsOf(file)[0]).toMatchObject({
      subtotal: '10100.80',
      chargeStart: '2026-06-05',
      chargeEnd: '2026-07-04',
    });
    const slashes = {
      ...german,
      OrderDate: '05/06/2026',
      ChargeStartDate: '05/06/2026',
      ChargeEndDate: '04/07/2026',
    };
    const british = await readFile(bytes(reconCsv([reconLine(slashes)], { delimiter: ';' })));
    expect(draftsOf(british)[0]).toMatchObject({ chargeStart: '2026-06-05', chargeEnd: '2026-07-04' });
  });

  it('takes what the caller tells about it', async () => {
    const ambiguous = reconLine({ OrderDate: '', ChargeStartDate: '3/4/2026', ChargeEndDate: '3/4/2026' });
    const told = await readFile(bytes(reconCsv([ambiguous])), {
      dayOrder: 'DMY',
      decimalMark: '.',
      currency: 'USD',
    });
    expect(draftsOf(told)[0]).toMatchObject({ chargeStart: '2026-04-03', currency: 'EUR' });
    const guessed = await readFile(bytes(reconCsv([ambiguous])));
    expect(guessed.detected.assumptions.join()).toContain('dateFormat');
  });

  it('gives the same lines however its text is cut', async () => {
    const lines = [
      reconLine({ ProductName: 'first\r\nsecond "quoted"\nthird' }),
      reconLine({ ProductName: 'plain', Subtotal: 'x' }),
      reconLine({ ProductName: ',;"' }),
    ];
    const text = `sep=,\r\n${reconCsv(lines)}\r\nshort,line\r\n${reconCsv([reconLine()]).split('\r\n')[1]}`;
    const whole = await readFile(bytes(text));
    expect(whole.lines.map(({ line, problem }) => [line, problem?.code ?? null])).toEqual([
      [3, null],
      [6, 'import.number_invalid'],
      [7, null],
      [9, 'import.columns_mismatch'],
      [10, null],
    ]);
    for (const length of [1, 7, 64, 1_000]) {
      expect((await readFile(bytes(text), {}, length)).lines, String(length)).toEqual(whole.lines);
    }
  });

  it('loses no more than the line that opens a quotation mark and never closes it', async () => {
    const rows = reconCsv(
      Array.from({ length: 400 }, (_, index) => reconLine({ OrderId: `o${index}` })),
    ).split('\r\n');
    rows[200] = (rows[200] ?? '').replace('Microsoft 365', '"Microsoft 365');
    const file = await readFile(bytes(rows.join('\r\n')), {}, 4_096);
    expect(
      file.lines.filter(({ problem }) => problem !== null).map(({ line, problem }) => [line, problem?.code]),
    ).toEqual([[201, 'import.quotes_broken']]);
    expect(draftsOf(file)).toHaveLength(399);
  });

  const item = Object.fromEntries(
    Object.entries(reconLine()).map(([name, value]) => [name[0]?.toLowerCase() + name.slice(1), value]),
  );

  it.each([
    [
      'an answer',
      (items: unknown[]) => JSON.stringify({ totalCount: 2, links: { next: {} }, items, attributes: {} }),
    ],
    ['an indented answer', (items: unknown[]) => JSON.stringify({ items }, null, 2)],
    ['a list', (items: unknown[]) => JSON.stringify(items)],
    ['lines', (items: unknown[]) => items.map((one) => JSON.stringify(one)).join('\n')],
  ])('of JSON is read as %s, however its text is cut', async (_, written) => {
    const items = [
      { ...item, productName: 'a "quote" \\ } ] {' },
      { ...item, subtotal: 100.8, quantity: 10, orderId: 'b' },
    ];
    for (const length of [1, 13, 100_000]) {
      const file = await readFile(bytes(written(items)), {}, length);
      expect(file.lines.map(({ line, problem }) => [line, problem])).toEqual([
        [1, null],
        [2, null],
      ]);
      expect(draftsOf(file)[0]?.productName).toBe('a "quote" \\ } ] {');
    }
  });

  it('of JSON Lines goes on behind a line that is broken', async () => {
    const good = JSON.stringify(item);
    const file = await readFile(bytes(`${good}\n${good.slice(0, -1)}\n${good}\n{"customerId": 1\n${good}`));
    expect(file.lines.map(({ line, problem }) => [line, problem?.code ?? null])).toEqual([
      [1, null],
      [2, 'import.json_invalid'],
      [3, null],
      [4, 'import.json_invalid'],
      [5, null],
    ]);
  });
});

describe('rules', () => {
  const line = {
    chargeType: 'cancelImmediate',
    quantity: new MoneyDecimal(10),
    unitPrice: new MoneyDecimal('10.08'),
    effectiveUnitPrice: null,
    chargeStart: '2021-06-22' as LocalDate,
    chargeEnd: '2021-07-17' as LocalDate,
    currency: 'USD',
    exchangeRate: null,
  };

  it('tell what is left where none explains the published amount', () => {
    const told = explainLine({ ...line, subtotal: new MoneyDecimal('-80') });
    expect(told).toEqual({ expected: '-100.8', rule: 'fullCycle', difference: '20.8' });
  });

  it('cut the unit price first for cancellations', () => {
    // 10.08 / 30 x 26 = 8.736
    expect(explainLine({ ...line, subtotal: new MoneyDecimal('-87.3') })).toMatchObject({
      rule: 'proratedUnitPrice',
      difference: '0',
    });
    expect(explainLine({ ...line, subtotal: new MoneyDecimal('-87.36') })).toMatchObject({
      rule: 'proratedTotal',
    });
  });

  it('leave no gap and no overlap between the charges of a term', () => {
    const start = fc
      .date({ min: new Date('2020-01-01'), max: new Date('2030-01-01'), noInvalidDate: true })
      .map((at) => at.toISOString().slice(0, 10) as LocalDate);
    fc.assert(
      fc.property(start, (startsOn) => {
        const cycles = monthlyCycles(startsOn, 12);
        for (const [index, cycle] of cycles.entries()) {
          expect(cycle.endsOn >= cycle.startsOn).toBe(true);
          const next = cycles[index + 1];
          if (next !== undefined)
            expect(Date.parse(next.startsOn) - Date.parse(cycle.endsOn)).toBe(86_400_000);
        }
      }),
    );
  });
});
