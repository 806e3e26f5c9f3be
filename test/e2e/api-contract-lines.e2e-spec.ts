import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type AutotaskDatabase,
  MULTI_CURRENCY_CI,
  postUnits,
  seedCspWorld,
} from '../../src/autotask-simulator/testing.js';
import type { ContractLine } from '../../src/contracts/domain/contract-line.js';
import type { Page } from '../../src/kernel/page.js';
import { MoneyDecimal } from '../../src/kernel/money.js';
import { type Connector, expectProblem, startConnector } from '../support/connector.js';
import { amountText, expectedContracts } from '../support/expected-contracts.js';

let connector: Connector;
let database: AutotaskDatabase;
let path: string;
const TODAY = new Date().toISOString().slice(0, 10);

beforeAll(async () => {
  const world = seedCspWorld(new Date());
  database = world.database(MULTI_CURRENCY_CI);
  // A name that a spreadsheet would run.
  const [contract] = database.table('Contracts').all();
  database.table('Companies').update(Number(contract?.['companyID']), { companyName: '=cmd|calc, "Büro"' });
  connector = await startConnector({ simulator: { world } });
  const { id } = await connector.connect();
  path = `/connections/${id}/contract-lines`;
  await connector.sync(id);
});

afterAll(() => connector?.stop());

async function linesOf(query: string): Promise<ContractLine[]> {
  const lines: ContractLine[] = [];
  let cursor: string | null = null;
  do {
    const suffix: string = cursor === null ? '' : `&cursor=${cursor}`;
    const { status, body } = await connector.api.get<Page<ContractLine>>(`${path}?limit=7${query}${suffix}`);
    expect(status).toBe(200);
    lines.push(...body.items);
    cursor = body.nextCursor;
  } while (cursor !== null);
  return lines;
}

/** The first days of months around now, and days inside them. */
function someDays(): string[] {
  return [-400, -200, -95, -45, -20, -7, 0, 3, 20, 45, 100].map((offset) => {
    const day = new Date(`${TODAY}T00:00:00Z`);
    day.setUTCDate(day.getUTCDate() + offset);
    return day.toISOString().slice(0, 10);
  });
}

/** Units, price and cost summed up from the dated adjustments, which the vendor's API does not show. */
function expectedLines(day: string): Map<string, { units: number; unitPrice: string; unitCost: string }> {
  const covered = new Set(
    database
      .table('ContractServiceUnits')
      .all()
      .filter(({ startDate, endDate }) => String(startDate).slice(0, 10) <= day && day <= String(endDate))
      .map(({ contractServiceID }) => String(contractServiceID)),
  );
  return new Map(
    [...expectedContracts(database, day).values()]
      .flatMap(({ lines }) => lines)
      .filter(({ externalId }) => covered.has(externalId))
      .map(({ externalId, units, unitPrice, unitCost }) => [externalId, { units, unitPrice, unitCost }]),
  );
}

function list(name: string): string {
  return path.replace('contract-lines', name);
}

describe('contract lines as of a date', () => {
  it.each(someDays())('are, on %s, what the dated adjustments add up to', async (day) => {
    const services = (await linesOf(`&asOf=${day}`)).filter(({ kind }) => kind === 'service');
    const expected = expectedLines(day);
    const actual = new Map(
      services.map(({ externalId, units, unitPrice, unitCost }) => [
        externalId,
        { units, unitPrice: amountText(unitPrice?.amount), unitCost: amountText(unitCost?.amount) },
      ]),
    );
    expect(actual).toEqual(expected);
    expect(services.every(({ startsOn, endsOn }) => startsOn <= day && day <= endsOn)).toBe(true);
  });

  it('name the currency of the customer, and the internal one beside it', async () => {
    const lines = await linesOf(`&asOf=${TODAY}`);
    const currencies = new Set(lines.map(({ unitPrice }) => unitPrice?.currency));
    expect(currencies).toEqual(new Set(['EUR', 'USD']));
    const internal = new Set(
      lines.flatMap(({ internalUnitPrice, unitCost }) => [internalUnitPrice, unitCost ?? internalUnitPrice]),
    );
    expect(new Set([...internal].map((amount) => amount?.currency))).toEqual(new Set(['EUR']));
    const euros = lines.filter(({ unitPrice }) => unitPrice?.currency === 'EUR');
    expect(euros.map(({ internalUnitPrice }) => internalUnitPrice)).toEqual(
      euros.map(({ unitPrice }) => unitPrice),
    );
    const dollars = lines.find(({ unitPrice, units }) => unitPrice?.currency === 'USD' && units > 0);
    const rate = new MoneyDecimal(dollars?.internalUnitPrice?.amount ?? 0).div(
      dollars?.unitPrice?.amount ?? 1,
    );
    expect(rate.toNumber()).toBeCloseTo(0.92, 2);
  });

  it('hold bundles too', async () => {
    const bundle = (await linesOf(`&asOf=${TODAY}`)).find(({ kind }) => kind === 'bundle');
    const [line] = database.table('ContractServiceBundles').all();
    expect(bundle).toMatchObject({ externalId: String(line?.id), units: 6, unitPriceBasis: 'period' });
    expect(amountText(bundle?.unitPrice?.amount)).toBe(amountText(line?.['adjustedPrice']));
  });

  it('tell whether the period is posted', async () => {
    const lines = await linesOf(`&asOf=${TODAY}`);
    const open = lines.find(({ isPosted, kind }) => !isPosted && kind === 'service');
    const unit = database
      .table('ContractServiceUnits')
      .where('contractServiceID', Number(open?.externalId))
      .find(({ startDate }) => String(startDate).startsWith(String(open?.startsOn)));
    postUnits(database, Number(unit?.id), new Date());
    const [id = ''] = path.split('/').slice(2);
    await connector.sync(id);
    const again = (await linesOf(`&asOf=${TODAY}`)).find(({ externalId }) => externalId === open?.externalId);
    expect(again).toMatchObject({ isPosted: true, units: open?.units, unitPrice: open?.unitPrice });
    expect(Date.parse(again?.postedAt ?? '')).toBeLessThanOrEqual(Date.now());
  });

  it('are those of one contract, or one company, or none', async () => {
    const all = await linesOf(`&asOf=${TODAY}`);
    const { contract, company } = all[5] as ContractLine;
    const ofContract = await linesOf(`&asOf=${TODAY}&contractId=${contract.externalId}`);
    expect(ofContract).toEqual(all.filter((line) => line.contract.externalId === contract.externalId));
    const ofCompany = await linesOf(`&asOf=${TODAY}&companyId=${company.externalId}`);
    expect(ofCompany).toEqual(all.filter((line) => line.company.externalId === company.externalId));
    expect(await linesOf(`&asOf=${TODAY}&companyId=${company.externalId}&contractId=0`)).toEqual([]);
    expect(await linesOf('&asOf=1999-01-01')).toEqual([]);
  });

  it('are today’s where no day is given', async () => {
    expect(await linesOf('')).toEqual(await linesOf(`&asOf=${TODAY}`));
  });

  it('come as CSV, all of them, with formulas made harmless', async () => {
    const answer = await connector.api.get(`${path}/export.csv?asOf=${TODAY}`);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect(answer.headers.get('content-disposition')).toBe(
      `attachment; filename="contract-lines-${TODAY}.csv"`,
    );
    const rows = parse(answer.text, { columns: true }) as Record<string, string>[];
    const lines = await linesOf(`&asOf=${TODAY}`);
    expect(
      rows.map(({ lineId, units, unitPrice, currency, isPosted }) => [
        lineId,
        units,
        unitPrice,
        currency,
        isPosted,
      ]),
    ).toEqual(
      lines.map((line) => [
        line.externalId,
        String(line.units),
        line.unitPrice?.amount,
        line.unitPrice?.currency,
        line.isPosted ? 'yes' : 'no',
      ]),
    );
    const names = new Set(rows.map(({ companyName }) => companyName));
    expect(names).toContain(`'=cmd|calc, "Büro"`);
  });

  it.each([
    ['asOf=2026-02-30', '/asOf'],
    ['asOf=yesterday', '/asOf'],
    ['asOf=', '/asOf'],
    ['contractId=', '/contractId'],
    [`companyId=${'9'.repeat(51)}`, '/companyId'],
    ['companyId=%00', '/companyId'],
    ['limit=0', '/limit'],
    ['cursor=abc', '/cursor'],
    ['since=2026-01-01', '/since'],
  ])('refuse %s', async (query, pointer) => {
    const answer = await connector.api.get<{ errors: { pointer: string }[] }>(`${path}?${query}`);
    expectProblem(answer, 422, 'request.invalid');
    expect(answer.body.errors.map((error) => error.pointer)).toEqual([pointer]);
  });

  it('are not those of another tenant, as CSV neither', async () => {
    expectProblem(await connector.as('reseller').get(path), 404, 'connection.not_found');
    expectProblem(await connector.as('reseller').get(`${path}/export.csv`), 404, 'connection.not_found');
    expectProblem(await connector.as(null).get(`${path}/export.csv`), 401, 'access.unauthenticated');
  });
});

describe('the search in mirrored lists', () => {
  it.each([
    ['companies', 'companyName'],
    ['contracts', 'contractName'],
    ['services', 'name'],
  ])('finds %s by a part of the name, whatever its case', async (name, field) => {
    const table = { companies: 'Companies', contracts: 'Contracts', services: 'Services' }[name] ?? '';
    const names = database
      .table(table)
      .all()
      .map((row) => String(row[field]));
    const part = (names[3] ?? '').slice(1, 6);
    const query = `?limit=200&search=${encodeURIComponent(part.toUpperCase())}`;
    const { body } = await connector.api.get<Page<{ name: string; number?: string }>>(
      `${list(name)}${query}`,
    );
    const found = body.items.map((item) => item.name);
    const expected = names.filter((text) => text.toLowerCase().includes(part.toLowerCase()));
    expect(found).toEqual(expect.arrayContaining(expected));
    expect(found).not.toHaveLength(0);
  });

  it('finds by number, takes no sign for a wildcard, and pages', async () => {
    const { body: all } = await connector.api.get<Page<{ number: string | null }>>(
      `${list('contracts')}?limit=200`,
    );
    const number = all.items.find((item) => item.number !== null)?.number ?? '';
    const { body } = await connector.api.get<Page<{ number: string | null }>>(
      `${list('contracts')}?search=${encodeURIComponent(number)}`,
    );
    expect(body.items.map((item) => item.number)).toContain(number);
    for (const wildcard of ['%', '_____________', '\\']) {
      const answer = await connector.api.get<Page<unknown>>(
        `${list('contracts')}?search=${encodeURIComponent(wildcard)}`,
      );
      expect(answer.body.items).toEqual([]);
    }
    const first = await connector.api.get<Page<unknown>>(`${list('companies')}?search=e&limit=2`);
    const second = await connector.api.get<Page<unknown>>(
      `${list('companies')}?search=e&limit=2&cursor=${first.body.nextCursor}`,
    );
    expect(second.body.items).toHaveLength(2);
    expect(second.body.items).not.toEqual(first.body.items);
  });

  it.each(['x'.repeat(101), '%00'])('refuses the text %s', async (search) => {
    const answer = await connector.api.get(`${list('companies')}?search=${search}`);
    expectProblem(answer, 422, 'request.invalid');
  });
});
