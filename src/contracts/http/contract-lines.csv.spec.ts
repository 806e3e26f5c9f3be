import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { localDate } from '../../kernel/local-date.js';
import type { ContractLine } from '../domain/contract-line.js';
import { contractLinesCsv } from './contract-lines.csv.js';

const LINE: ContractLine = {
  contract: { externalId: '7', name: '=SUM(A1)', number: null },
  company: { externalId: '5', name: "'quoted" },
  kind: 'service',
  externalId: '11',
  serviceId: '3',
  name: '-discount',
  description: null,
  startsOn: localDate('2026-01-01'),
  endsOn: localDate('2026-01-31'),
  units: -2,
  unitPrice: { amount: '-12.50', currency: 'EUR' },
  unitPriceBasis: 'contractService',
  internalUnitPrice: { amount: '-13.00', currency: 'USD' },
  unitCost: { amount: '-1.25', currency: 'USD' },
  isPosted: false,
  postedAt: null,
};

async function cellsOf(line: ContractLine): Promise<Record<string, string | undefined>> {
  async function* lines(): AsyncGenerator<ContractLine> {
    yield line;
  }
  const [header = '', row = ''] = (await text(contractLinesCsv(lines()))).split('\r\n');
  const cells = row.split(',');
  return Object.fromEntries(header.split(',').map((name, index) => [name, cells[index]]));
}

describe('contract lines as CSV', () => {
  it('writes negative numbers as numbers', async () => {
    expect(await cellsOf(LINE)).toMatchObject({
      units: '-2',
      unitPrice: '-12.50',
      internalUnitPrice: '-13.00',
      unitCost: '-1.25',
    });
  });

  it('marks texts that a spreadsheet would compute', async () => {
    expect(await cellsOf(LINE)).toMatchObject({
      contractName: "'=SUM(A1)",
      companyName: "''quoted",
      name: "'-discount",
    });
  });
});
